"""What brings the clock, the broker and Faust: the stages of the inventory, and what runs beside them."""
