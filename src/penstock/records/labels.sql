-- Labels and limits of association types; `lock` of schema.sql comes before every write.

-- name: label!
UPDATE association_types t SET label = i.label
FROM unnest(:ids::integer[], :labels::text[]) AS i(id, label)
WHERE t.id = i.id;

-- name: limit!
UPDATE association_types t SET most = i.most
FROM unnest(:ids::integer[], :limits::integer[]) AS i(id, most)
WHERE t.id = i.id;
