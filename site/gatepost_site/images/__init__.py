"""Pictures of pages: their size written down, smaller files beside them, and the one seen first fetched first."""

from gatepost_site.images.gathering import Pictured, picture_site, pictures_of, tell_missing
from gatepost_site.images.tags import place_images

__all__ = ["Pictured", "picture_site", "pictures_of", "place_images", "tell_missing"]
