"""Job titles in a dozen languages, as people write them: what level they name, and what work."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.fields import titles
from leadline.fields.phrases import read_rows
from leadline.fields.titles import JobFunction, JobLevel, job_function, job_level
from leadline.fields.words import words

LEVELS: dict[JobLevel, str] = {
    "c_level": """
        CEO
        C.E.O.
        Chief Executive
        Chief Happiness Officer
        chief marketing officer
        CMO EMEA
        Co-Founder & CTO
        Cofounder
        Founder
        Founder at CEO Coaching
        Owner
        Owner/Operator
        President
        President and COO
        Executive Chairman
        Vice Chairman
        Chair
        Managing Partner
        Board Member
        Member of the Board of Directors
        VP Sales & CRO
        Acting CEO
        CEO, former VP at Umbrella
        Student & Co-Founder
        Account Manager | Founder
        CEO – EMEA
        ＣＥＯ
        C\u200bEO
        CEO\u00a0&amp;\u00a0Founder
        Geschäftsführer
        Geschäftsführerin Vertrieb
        Geschaeftsfuehrer
        GESCHÄFTSFÜHRER
        Gescha\u0308ftsfu\u0308hrer
        Gesch&auml;ftsf&uuml;hrer
        Geschäftsführender Gesellschafter
        GF
        Inhaberin
        Gründer und Geschäftsführer
        Vorstandsvorsitzende
        Mitglied des Vorstands
        Finanzvorstand
        PDG
        Présidente
        Président-directeur général
        Directrice générale
        Directeur(trice) général(e)
        Gérant
        Cofondatrice
        Director General
        Directora General
        Consejero Delegado
        Gerente General
        Dueña
        Socio fundador
        Amministratore Delegato
        Direttrice Generale
        Titolare
        Diretor Geral
        Sócia-fundadora
        Proprietário
        Algemeen directeur
        Eigenaar
        Mede-oprichter
        Zaakvoerder
        Prezes Zarządu
        Członek Zarządu
        Właścicielka
        Współzałożyciel
        Dyrektor Generalny
        VD
        Verkställande direktör
        Grundare
        Adm. direktør
        Administrerende direktør
        Daglig leder
        Toimitusjohtaja
    """,
    "vp": """
        VP
        V.P. of Sales
        VP Eng
        SVP, Global Marketing
        EVP
        AVP Lending
        RVP Sales
        Vice President
        Vice-President Finance
        Senior Vice President - Operations
        Assistant Vice President
        VP, Head of Product
        Vice President's office lead, VP Strategy
        VP & GM
        Vizepräsidentin
        Vice-présidente marketing
        Vicepresidenta de Ventas
        Vicepresidente
        Vice-presidente comercial
        Wiceprezes Zarządu
        Visepresident
    """,
    "director": """
        Director
        Director of Marketing
        Sr. Director, IT
        Dir. of Sales
        Head of Marketing
        Global Head - Partnerships
        Franchise Head
        Deputy Head of IT
        Associate Director
        Assistant Director
        Deputy Director
        Managing Director
        MD
        MD, EMEA
        Executive Director
        Art Director
        Director of Photography
        Director & Product Manager
        Future Mobility Director
        Associate Partner
        Director, Student Programmes
        Partner
        Partner at a law firm
        Manager | Partner
        General Counsel
        Chief Architect
        Editor-in-Chief
        Leiter Marketing
        Leiterin Vertrieb
        Leiter/in Einkauf
        Leiter*in Einkauf
        Leitung Personal
        IT-Leiter
        Marketingleiterin
        Bereichsleiter
        Hauptabteilungsleiter
        Stellv. Leiter Controlling
        Prokurist
        Direktorin
        Directeur marketing
        Directrice commerciale
        Directeur d'usine
        DSI
        Directora de Ventas
        Subdirector
        Direttore vendite
        Direttrice marketing
        Diretora de Marketing
        Diretor Comercial
        Commercieel directeur
        Hoofd Inkoop
        Dyrektor Handlowy
        Dyrektorka Marketingu
        Försäljningsdirektör
        Marknadschef
        IT-chef
        Salgssjef
        Økonomidirektør
        Myyntijohtaja
    """,
    "manager": """
        Manager
        Marketing Manager
        Account Manager
        Product Manager
        Project Manager
        Key Account Mgr
        General Manager
        GM, North
        Assistant Manager
        Office Manager
        Executive Assistant & Office Manager
        Go-To-Market Manager
        Team Lead
        Lead Engineer
        Lead Developer (Android)
        Tech Lead
        Customer Success Lead
        Team Leader
        Shift Supervisor
        Product Management
        Intern Program Manager
        Student Success Manager
        Marketing Manager at Director's Cut
        Sales Manager, ex-CEO
        Product Owner, Team Lead
        Abteilungsleiter
        Teamleiterin
        Team-Leiter
        Gruppenleiter
        Projektleiter
        Filialleiter
        Produktmanagerin
        Responsable marketing
        Responsable de Marketing
        Chef de projet
        Chef d'équipe
        Chef de produit
        Gerente de Ventas
        Jefa de Compras
        Responsabile Acquisti
        Capo area
        Coordenadora de Marketing
        Teamleider
        Afdelingshoofd
        Kierownik Sprzedaży
        Kierowniczka
        Menedżer Projektu
        Projektledare
        Avdelningschef
        Prosjektleder
        Myyntipäällikkö
    """,
    "individual": """
        Analyst
        Software Engineer
        Principal Engineer
        Staff Engineer
        MVP developer
        Stage Technician
        VPN engineer
        Overhead crane operator
        Headhunter
        Head Hunter
        Head Chef
        Lead Generation Specialist
        Lead Gen Analyst
        Inbound Lead Specialist
        Lead Development Representative
        Assistant to the CEO
        Assistant to CEO, CFO and COO
        Executive Assistant to the VP Sales
        Executive Assistant, CEO Office
        Executive Assistant to the Chief Executive Officer & Board of Directors
        Personal Assistant to the Managing Director
        EA to CEO
        PA to Head of Sales
        CEO's office
        Chief Marketing Officer's Assistant
        Managing Director's Assistant
        CEO Office
        Office of the President
        Advisor to the Chief Executive
        Chief of Staff
        Chief of Staff to the CEO
        Secretary to the Board
        Assistentin der Geschäftsführung
        Assistenz des Vorstands
        Assistent/in der Geschäftsführung
        Sekretärin der Geschäftsleitung
        Vorstandsassistent
        Assistante de direction
        Assistante du directeur général
        Directrice's assistant
        Secretaria del Director General
        Assistente del Direttore
        Directiesecretaresse
        Asystentka Prezesa
        Sales to C-level
        C-Level Recruiter
        Recruiter for CEOs
        CEO coach
        Executive Coach to CEOs and VPs
        Former CEO
        Former Founder and CEO
        Ex-CEO
        Ex CEO
        CEO (retired)
        Retired
        Retired Vice President
        Retired, CEO
        Aspiring Director
        Ehemaliger Geschäftsführer
        Ancien directeur
        Director emeritus
        Advisory Board Member
        Product Owner
        Business Process Owner
        Account Executive
        International Sales
        Internal Auditor
        Internist
        Leader's assistant
        HR Business Partner
        Partner Marketing
        Entrepreneur in Residence
        Student Advisor
        Internship Coordinator
        Consultant at Founder Institute
        Engineer @ Head Sports
        Analyst at Chief Executive Group
        Sachbearbeiterin Einkauf
        Reiseleiter
        Halbleiter-Ingenieur
        Chef de partie
        Küchenchef
        Auditeur interne
        Thought leader
        MD, PhD
        总经理
        директор
        Other
    """,
    "student": """
        Student
        student at MIT
        PhD student
        PhD candidate
        MBA Candidate
        Intern
        Marketing Intern
        Marketing Manager Intern
        Intern, CEO Office
        Intern to the CEO
        Software Engineer (Intern)
        Apprentice
        Finance Trainee
        Undergraduate
        Werkstudent
        Werkstudentin Marketing
        Praktikantin
        Praktikant (m/w/d) Vertrieb
        Auszubildende
        Azubi
        Doktorand
        Étudiante
        Stagiaire
        stagiaire marketing
        Alternant communication
        Becaria
        Estudiante
        Studentessa
        Tirocinante
        Stagista
        Estagiário
        Stażystka
        Praktykant
        Leerling
        Studerande
        Harjoittelija
    """,
}

FUNCTIONS: dict[JobFunction, str] = {
    "marketing": """
        Marketing Manager
        CMO
        VP Marketing & Sales
        Product Marketing Manager
        Marketing Operations
        Head of Demand Generation
        Lead Generation Specialist
        Social Media
        PR Officer
        Growth Lead
        Director of Communications
        Marketingleiterin
        Leiter Unternehmenskommunikation
        Responsable de la communication
        Directora de Mercadeo
        Responsabile comunicazione
        Dyrektor marketingu
        Marknadschef
    """,
    "sales": """
        VP Sales
        VP Sales and Marketing
        Account Executive
        Key Account Manager
        SDR
        Business Development Director
        Chief Revenue Officer
        Sales Engineer
        Sales Operations Manager
        Vertriebsleiter
        Gebietsverkaufsleiter
        Directeur commercial
        Chargée d'affaires
        Gerente de Ventas
        Responsabile vendite
        Diretor de Vendas
        Hoofd verkoop
        Dyrektor sprzedaży
        Försäljningschef
        Salgssjef
    """,
    "engineering": """
        Software Engineer
        Software Engineer, Marketing
        CTO
        VP Eng
        VP Engineering
        Full-Stack Developer
        R&D Director
        Data Scientist
        Machine Learning Engineer at Marketing Inc
        Entwicklungsleiter
        Ingénieure
        Développeur
        Ingeniero de software
        Sviluppatrice
        Engenheiro
        Programista
        Utvecklare
    """,
    "it": """
        CIO
        IT Manager
        IT-Leiter
        Head of I.T.
        CISO
        System Administrator
        Director of Information Technology
        IT Support Specialist
        DSI
        Directeur des systèmes d'information
        Director de Sistemas
        Gerente de TI
        Kierownik IT
    """,
    "finance": """
        CFO
        Finance Director
        Financial Controller
        Accountant
        Treasurer
        FP&A Manager
        Leiter Rechnungswesen
        Finanzbuchhalterin
        DAF
        Comptable
        Director de Finanzas
        Księgowa
        Økonomidirektør
    """,
    "hr": """
        CHRO
        HR Business Partner
        Head of People
        People & Culture Manager
        Recruiter
        Headhunter
        Talent Acquisition
        Personalleiter
        Leiterin Personal
        DRH
        Directora de Recursos Humanos
        Responsabile risorse umane
        Dyrektor HR
    """,
    "operations": """
        COO
        Operations Manager
        Head of Supply Chain
        Procurement Specialist
        Einkaufsleiter
        Executive Assistant to the VP Sales
        Assistentin der Geschäftsführung
        Overhead crane operator
        Plant Manager
        Jefa de Compras
        Responsable logistique
        Diretor de Operações
        Hoofd Inkoop
    """,
    "product": """
        Product Manager
        CPO
        Product Owner
        Head of Product
        VP of Product Management
        UX Designer
        Produktmanagerin
        Chef de produit
        Jefe de Producto
    """,
    "support": """
        Customer Success Manager
        Customer Support
        Technical Support Engineer
        Head of Customer Service
        Kundenbetreuer
        Leiter Kundenservice
        Service client
        Atención al cliente
    """,
    "legal": """
        General Counsel
        Legal Counsel
        Attorney
        Compliance Officer
        Chief Legal Officer
        Rechtsanwältin
        Syndikusrechtsanwalt
        Juriste
        Abogada
        Avvocato
    """,
    "other": """
        CEO
        Founder
        Managing Director
        Geschäftsführer
        Teacher
        Director
        Consultant at Marketing Partners
        Other
        总经理
    """,
}


def listed(cases: dict[Any, str]) -> list[tuple[str, str]]:
    return [
        (line.strip(), name) for name, block in cases.items() for line in block.split("\n") if line.strip()
    ]


@pytest.mark.parametrize(("title", "level"), listed(LEVELS))
def test_level(title: str, level: str) -> None:
    assert job_level(title) == level


@pytest.mark.parametrize(("title", "function"), listed(FUNCTIONS))
def test_function(title: str, function: str) -> None:
    assert job_function(title) == function


@pytest.mark.parametrize(
    "title", ["", " ", "\u00a0", "\u200b", "-", "--", "...", "n/a", "N/A", "none", "?", "&nbsp;"]
)
def test_blank_titles_are_unknown(title: str) -> None:
    assert job_level(title) is None
    assert job_function(title) is None


def test_a_column_answers_as_each_title_alone() -> None:
    column = pa.chunked_array([["CEO", None, "Intern"], ["", "CEO", "VP Sales"]])
    expected = ["c_level", None, "student", None, "c_level", "vp"]
    for way in (column, column.combine_chunks(), column.dictionary_encode(), column.cast(pa.large_string())):
        assert titles.job_levels(way).to_pylist() == expected
    assert titles.job_functions(column).to_pylist() == ["other", None, "other", None, "other", "sales"]
    assert titles.job_levels(pa.nulls(2)).to_pylist() == [None, None]
    assert titles.job_levels(pa.array([], pa.string())).type == pa.string()


@given(st.text())
def test_any_text_has_an_answer(title: str) -> None:
    level, function = job_level(title), job_function(title)
    assert (level is None) == (function is None)
    assert level is None or level in get_args(JobLevel)
    assert function is None or function in get_args(JobFunction)


PIECES = [title for title, _ in listed(LEVELS) + listed(FUNCTIONS)]


@given(
    st.sampled_from(PIECES),
    st.sampled_from(["  {} ", "\u200b{}", "{}\u00a0", "{}.", "({})", "\t{}\n", '"{}"']),
)
def test_what_stands_around_a_title_changes_nothing(title: str, frame: str) -> None:
    assert job_level(frame.format(title)) == job_level(title)
    assert job_function(frame.format(title)) == job_function(title)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
def test_of_several_titles_the_highest_counts(several: list[str]) -> None:
    order = ["individual", "student", "manager", "director", "vp", "c_level"]
    highest = max(order.index(job_level(title) or "individual") for title in several)
    assert job_level(" | ".join(several)) == order[highest]


def test_the_longest_page_costs_no_time() -> None:
    assert job_level("CEO, " + "assistant to the " * 100_000) == "c_level"


def table() -> str:
    return files("leadline.fields").joinpath("tables/job_titles.tsv").read_text(encoding="utf-8")


def test_the_table_is_tidy() -> None:
    rows = read_rows(table())
    values = {"level": get_args(JobLevel), "function": get_args(JobFunction)}
    values["scope"] = ("and", "employer", "former", "retired", "whose", "ex", "others")
    places: dict[tuple[object, ...], str] = {}
    for row in rows:
        assert row.mark.value in values.get(row.mark.field, ("-",)), row
        assert (row.mark.weight > 0) == (row.mark.field == "function"), row
        assert all(sign in ("^", "[", "]") or sign[0] in "<>" for sign in row.unless), row
        for text in row.phrases:
            assert words(text), row
            if row.mark.field == "level" and not row.unless:
                phrase = (*words(text), text.strip("*") != text)
                assert places.setdefault(phrase, row.mark.value) == row.mark.value, text


def test_the_version_moves_with_the_content() -> None:
    name, number = titles.TITLES_TABLE.split()
    assert f"# name: {name}\n# version: {number}\n" in table()
    rows = "\n".join(line for line in table().splitlines() if not line.startswith("#"))
    content = hashlib.sha256(rows.encode()).hexdigest()[:16]
    assert (number, content) == ("2026.1", "a256061d09136366"), "content changed: a new version is due"
