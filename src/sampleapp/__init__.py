"""The application that invited people log in to: as small as one can be that does it right. Run it with `python -m sampleapp`."""
