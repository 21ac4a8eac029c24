"""`python -m pages.catalogues`: bring every catalogue up to date with the sources. Translations that fit are kept."""

from pages.catalogues.extraction import update

update()
