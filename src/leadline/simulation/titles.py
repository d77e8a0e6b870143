"""Job titles as people write them: nine languages, both genders, abbreviations, slips of the pen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.simulation.countries import LANGUAGES

if TYPE_CHECKING:
    from leadline.simulation.columns import Ints

LEVELS = ("c_level", "vp", "director", "manager", "individual", "student")
FUNCTIONS = (
    "marketing", "sales", "engineering", "it", "finance", "hr", "operations", "product", "support",
    "legal", "other",
)  # fmt: skip

# Order of FUNCTIONS without "other".
_WORDS = {
    "en": "Marketing|Sales|Engineering|IT|Finance|Human Resources|Operations|Product|Customer Support|Legal",
    "de": "Marketing|Vertrieb|Entwicklung|IT|Finanzen|Personal|Betrieb|Produktmanagement|Kundenservice|Recht",
    "fr": (
        "Marketing|Ventes|Ingénierie|Informatique|Finances|Ressources humaines|Opérations|Produit|"
        "Support client|Juridique"
    ),
    "es": (
        "Marketing|Ventas|Ingeniería|Sistemas|Finanzas|Recursos Humanos|Operaciones|Producto|Atención al Cliente|Legal"
    ),
    "it": ("Marketing|Vendite|Ingegneria|IT|Finanza|Risorse Umane|Operazioni|Prodotto|Assistenza Clienti|Legale"),
    "nl": (
        "Marketing|Verkoop|Engineering|ICT|Financiën|Personeelszaken|Operations|Product|Klantenservice|Juridische Zaken"
    ),
    "sv": "Marknad|Försäljning|Utveckling|IT|Ekonomi|HR|Drift|Produkt|Kundtjänst|Juridik",
    "pl": "Marketingu|Sprzedaży|Inżynierii|IT|Finansów|HR|Operacji|Produktu|Obsługi Klienta|Prawny",
    "pt": (
        "Marketing|Vendas|Engenharia|TI|Finanças|Recursos Humanos|Operações|Produto|Atendimento ao Cliente|Jurídico"
    ),
}
_CHIEFS = {
    "en": (
        "CMO,Chief Marketing Officer|CRO,Chief Revenue Officer,Chief Sales Officer|CTO,Chief "
        "Technology Officer|CIO,Chief Information Officer"
        "|CFO,Chief Financial Officer|CHRO,Chief People Officer|COO,Chief Operating Officer|CPO,"
        "Chief Product Officer|Chief Customer Officer"
        "|General Counsel|CEO,Founder,Co-Founder & CEO,Managing Director,Owner,President"
    ),
    "de": (
        "CMO,Marketingvorstand,Vorstand Marketing|Vertriebsvorstand,CSO|CTO,Technischer "
        "Geschäftsführer|CIO|CFO,Kaufmännischer Geschäftsführer"
        "|Personalvorstand|COO|CPO|Vorstand Kundenservice|Chefjurist|Geschäftsführer,"
        "Geschäftsführerin,Inhaber,Gründer und Geschäftsführer,GF"
    ),
    "fr": (
        "CMO,Directeur général marketing|Directeur commercial général|CTO|DSI|DAF,Directeur "
        "administratif et financier"
        "|DRH|COO|CPO|Directeur général clients|Directeur juridique groupe|PDG,Président,Gérant,"
        "Directrice générale,Fondateur"
    ),
    "es": (
        "CMO|Director comercial general|CTO|CIO|CFO|CHRO|COO|CPO|CCO|Consejero legal|CEO,Director "
        "General,Directora General,Fundador,Gerente General"
    ),
    "it": ("CMO|CSO|CTO|CIO|CFO|CHRO|COO|CPO|CCO|General Counsel|Amministratore Delegato,CEO,Titolare,Fondatore"),
    "nl": "CMO|CCO|CTO|CIO|CFO|CHRO|COO|CPO|CCO|General Counsel|Algemeen directeur,CEO,Oprichter,Eigenaar",
    "sv": "CMO|CSO|CTO|CIO|CFO|CHRO|COO|CPO|CCO|Chefsjurist|VD,Grundare,VD och grundare",
    "pl": ("CMO|CSO|CTO|CIO|CFO|CHRO|COO|CPO|CCO|Radca Generalny|Prezes Zarządu,CEO,Właściciel,Członek Zarządu"),
    "pt": ("CMO|CSO|CTO|CIO|CFO|CHRO|COO|CPO|CCO|Conselheiro jurídico|CEO,Diretor Geral,Sócio-fundador,Presidente"),
}
_PATTERNS = {
    "en": {
        "vp": "VP {f}|VP of {f}|Vice President, {f}|Vice President of {f}|SVP {f}|V.P. {f}|EVP Global {f}",
        "director": (
            "Director of {f}|{f} Director|Head of {f}|Dir. {f}|Sr. Director, {f}|Global Head of {f}|"
            "Director - {f} EMEA"
        ),
        "manager": (
            "{f} Manager|Senior {f} Manager|Manager, {f}|{f} Team Lead|{f} Mgr|Sr {f} Mgr.|{f} "
            "Operations Manager"
        ),
        "individual": (
            "{f} Specialist|{f} Associate|{f} Coordinator|{f} Analyst|{f} Executive|Junior {f} "
            "Specialist|{f} Assistant"
        ),
        "student": "Student|MBA Student|PhD Candidate|Intern|{f} Intern|Graduate Student|Working student {f}",
    },
    "de": {
        "vp": "VP {f}|Vice President {f}|SVP {f} DACH",
        "director": (
            "Leiter {f}|Leiterin {f}|Leitung {f}|Bereichsleiter {f}|Head of {f}|Direktor {f}|"
            "Abteilungsleiterin {f}|Ltr. {f}"
        ),
        "manager": (
            "{f} Manager|{f}-Manager|Teamleiter {f}|Teamleiterin {f}|Senior Manager {f}|"
            "Gruppenleiter {f}"
        ),
        "individual": (
            "Referent {f}|Referentin {f}|Mitarbeiter {f}|Sachbearbeiterin {f}|{f} Spezialist|Junior "
            "{f}|Assistenz {f}"
        ),
        "student": "Student|Studentin|Werkstudent {f}|Praktikant|Praktikantin {f}|Doktorand|Masterand",
    },
    "fr": {
        "vp": "VP {f}|Vice-président {f}|Vice-présidente {f}",
        "director": "Directeur {f}|Directrice {f}|Dir. {f}|Head of {f}|Directeur·rice {f}",
        "manager": "Responsable {f}|Chef de service {f}|{f} Manager|Responsable d'équipe {f}|Resp. {f}",
        "individual": "Chargé de {f}|Chargée {f}|Assistant {f}|Assistante {f}|Spécialiste {f}|Analyste {f}",
        "student": "Étudiant|Étudiante|Stagiaire|Stagiaire {f}|Alternant {f}|Doctorante",
    },
    "es": {
        "vp": "VP {f}|Vicepresidente de {f}|Vicepresidenta {f}",
        "director": "Director de {f}|Directora de {f}|Jefe de {f}|Head of {f}|Dir. {f}",
        "manager": "Responsable de {f}|Gerente de {f}|{f} Manager|Coordinador de {f}",
        "individual": "Técnico de {f}|Especialista en {f}|Analista de {f}|Asistente de {f}",
        "student": "Estudiante|Becario|Becaria de {f}|Estudiante de máster",
    },
    "it": {
        "vp": "VP {f}|Vice Presidente {f}",
        "director": "Direttore {f}|Direttrice {f}|Responsabile {f}|Head of {f}|Dir. {f}",
        "manager": "{f} Manager|Capo ufficio {f}|Coordinatore {f}|Team Leader {f}",
        "individual": "Addetto {f}|Addetta {f}|Specialista {f}|Impiegato {f}|Assistente {f}",
        "student": "Studente|Studentessa|Tirocinante|Stagista {f}|Dottorando",
    },
    "nl": {
        "vp": "VP {f}|Vice President {f}",
        "director": "Directeur {f}|Hoofd {f}|Head of {f}|Afdelingshoofd {f}",
        "manager": "{f}manager|{f} Manager|Teamleider {f}|Manager {f}",
        "individual": "{f}medewerker|Medewerker {f}|{f} Specialist|Assistent {f}",
        "student": "Student|Stagiair|Stagiaire {f}|Werkstudent|Promovendus",
    },
    "sv": {
        "vp": "VP {f}|Vice President {f}",
        "director": "{f}chef|{f}direktör|Chef {f}|Head of {f}",
        "manager": "Teamledare {f}|{f}ansvarig|Gruppchef {f}|{f} Manager",
        "individual": "{f}assistent|{f}koordinator|{f}specialist|Handläggare {f}",
        "student": "Student|Praktikant|Praktikant {f}|Doktorand",
    },
    "pl": {
        "vp": "Wiceprezes ds. {f}|VP {f}",
        "director": "Dyrektor {f}|Dyrektorka {f}|Dyrektor ds. {f}|Head of {f}",
        "manager": "Kierownik {f}|Kierowniczka {f}|Manager {f}|Kierownik Działu {f}",
        "individual": "Specjalista ds. {f}|Specjalistka ds. {f}|Asystent {f}|Młodszy specjalista ds. {f}",
        "student": "Student|Studentka|Stażysta|Praktykant {f}|Doktorant",
    },
    "pt": {
        "vp": "VP de {f}|Vice-presidente de {f}",
        "director": "Diretor de {f}|Diretora de {f}|Head de {f}|Dir. {f}",
        "manager": "Gerente de {f}|Coordenador de {f}|Coordenadora de {f}|Supervisor de {f}",
        "individual": "Analista de {f}|Assistente de {f}|Especialista em {f}|Técnica de {f}",
        "student": "Estudante|Estagiário|Estagiária de {f}|Mestrando",
    },
}  # fmt: skip
_OTHERS = (
    "Consultant|Project Manager|Teacher|Researcher|Freelancer|Advisor|Architect|Nurse|Retired"
    "|Office Manager|n/a|-|Self-employed|Me|Entrepreneur"
)
_SHORT = {
    "Human Resources": "HR",
    "Marketing": "Mktg",
    "Operations": "Ops",
    "Engineering": "Eng",
    "Customer Support": "CS",
}


def _variants(language: str, level: str, number: int) -> list[str]:
    if level == "c_level":
        return _CHIEFS[language].split("|")[number].split(",")
    if FUNCTIONS[number] == "other" and level != "student":
        return _OTHERS.split("|")
    words = _WORDS[language].split("|")
    word = words[number] if number < len(words) else ""
    titles = [pattern.format(f=word).strip() for pattern in _PATTERNS[language][level].split("|")]
    if language == "en" and word in _SHORT:
        titles += [title.replace(word, _SHORT[word]) for title in titles[:2]]
    return list(dict.fromkeys(titles))


def _pool() -> tuple[list[str], Ints, Ints]:
    titles: list[str] = []
    first, count = [], []
    for language in LANGUAGES:
        for level in LEVELS:
            for number in range(len(FUNCTIONS)):
                variants = _variants(language, level, number)
                first.append(len(titles))
                count.append(len(variants))
                titles += variants
    shape = (len(LANGUAGES), len(LEVELS), len(FUNCTIONS))
    return titles, np.array(first).reshape(shape), np.array(count).reshape(shape)


_TITLES, _FIRST, _COUNT = _pool()


def titles(random: np.random.Generator, language: Ints, level: Ints, function: Ints) -> list[str]:
    """A title for each person, in the person's language or (one in four) in English, with the slips of
    real forms.
    """
    size = len(level)
    spoken = np.where(random.random(size) < 0.25, 0, language)
    place = _FIRST[spoken, level, function] + (random.random(size) * _COUNT[spoken, level, function]).astype(int)
    slip = random.random(size)
    return [_slip(_TITLES[number], luck) for number, luck in zip(place.tolist(), slip.tolist(), strict=True)]


def _slip(title: str, luck: float) -> str:
    if luck > 0.19:
        return title
    if luck < 0.06:
        return title.lower()
    if luck < 0.09:
        return title.upper()
    if luck < 0.11:
        return f"{title} "
    if luck < 0.14:
        return f"{title} - EMEA"
    if luck < 0.16:
        return f"{title} & Digital"
    middle = len(title) // 2
    return title[:middle] + title[middle + 1 :] if len(title) > 8 else title
