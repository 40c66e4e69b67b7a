-- Notifications: rows of the bucket of the record that they are about.

-- name: leave!
INSERT INTO notifications (
    bucket, user_id, workflow_id, step, enrollment_id, record_id, subject, body, created_at)
SELECT :bucket, i.user_id, i.workflow_id, i.step, i.enrollment_id, i.record_id, i.subject, i.body, :now
FROM unnest(:users::bigint[], :workflows::bigint[], :steps::text[], :enrollments::bigint[],
    :records::bigint[], :subjects::text[], :bodies::text[])
    AS i(user_id, workflow_id, step, enrollment_id, record_id, subject, body);

-- name: page
SELECT n.id, n.user_id, n.workflow_id, n.step, n.record_id, n.subject, n.body, n.created_at, n.read_at
FROM notifications n
WHERE (:user::bigint IS NULL OR n.user_id = :user) AND (NOT :unread OR n.read_at IS NULL)
    AND (:before::bigint IS NULL OR n.id < :before)
ORDER BY n.id DESC
LIMIT :limit;

-- name: mark_read$
-- Those that exist, whether they were read before or not.
WITH marked AS (
    UPDATE notifications SET read_at = coalesce(read_at, :now)
    WHERE id = ANY(:ids::bigint[])
    RETURNING id
)
SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM marked;
