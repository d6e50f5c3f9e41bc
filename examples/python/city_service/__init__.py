"""The application of a city service that answers what a neighbourhood consultation asks."""
