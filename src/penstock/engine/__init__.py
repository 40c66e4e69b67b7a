"""What happens: turns, enrollments, timers and the journal."""
