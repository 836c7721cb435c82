"""What the lessons measure and compare, in numpy alone: nothing here draws."""
