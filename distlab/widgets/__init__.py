"""Things to touch: sliders on a scenario, networks to break, drawings whose parts are buttons."""
