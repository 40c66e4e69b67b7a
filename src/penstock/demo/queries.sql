-- The demo company moves only into an empty house.

-- name: inhabited$
SELECT EXISTS (SELECT FROM records);
