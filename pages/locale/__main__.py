"""`python -m pages.locale`: bring every catalogue up to date with the sources. Translations that fit are kept."""

from pages.locale.catalogues import update

update()
