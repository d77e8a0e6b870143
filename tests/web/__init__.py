"""The pages in the browser, and the operations behind them."""
