"""Read an article out of a page: charset, main text, title, date, authors, language."""
