"""A run as a film: the pictures of its recorded epochs, as a GIF."""

from core.film.gif import FILM_PICTURES, FilmColours, draw_gif, thinned

__all__ = ["FILM_PICTURES", "FilmColours", "draw_gif", "thinned"]
