-- Property groups; `lock` of schema.sql comes before every write.

-- name: save!
INSERT INTO property_groups (object_type, name, label, display_order)
VALUES (:type, :name, :label, :display_order)
ON CONFLICT (object_type, name) DO UPDATE SET
    label = excluded.label, display_order = excluded.display_order, archived_at = NULL;

-- name: archive!
UPDATE property_groups SET archived_at = :now WHERE object_type = :type AND name = :name;
