-- Passages that count towards a workflow's conversion rate: once counted, always counted.
ALTER TABLE enrollments ADD COLUMN converted_at timestamptz;
