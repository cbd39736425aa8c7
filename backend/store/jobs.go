package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"tollbook/backend/fault"
)

// Job is a piece of long work as the cache keeps it. Times are seconds since 1970; FinishedAt is nil while it runs.
type Job struct {
	ID           int64
	Kind, Format string
	Summary      string
	Params       string // JSON, what to do again
	State        string
	Done, Rows   int64
	StartedAt    int64
	FinishedAt   *int64
	Files        []string
	Bytes        int64
	ErrorCode    string
}

const jobFields = "SELECT id, kind, format, summary, params, state, done, rows, started_at, finished_at, files, bytes, error_code FROM job"

// AddJob keeps a new job and gives it its id.
func (s *Store) AddJob(ctx context.Context, j Job) (int64, error) {
	var id int64
	err := s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO job (kind, format, summary, params, state, done, rows, started_at, files, bytes, error_code)
			VALUES (?, ?, ?, ?, ?, 0, ?, ?, '[]', 0, '')`, j.Kind, j.Format, j.Summary, j.Params, j.State, j.Rows, j.StartedAt)
		if err != nil {
			return classify(err, "keep a job")
		}
		id, err = result.LastInsertId()
		return classify(err, "keep a job")
	})
	return id, err
}

// UpdateJob keeps what became of a job.
func (s *Store) UpdateJob(ctx context.Context, j Job) error {
	files, err := json.Marshal(append([]string{}, j.Files...))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "keep a job's files")
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE job SET state = ?, done = ?, rows = ?, finished_at = ?, files = ?, bytes = ?, error_code = ? WHERE id = ?",
			j.State, j.Done, j.Rows, j.FinishedAt, string(files), j.Bytes, j.ErrorCode, j.ID)
		return classify(err, "keep what became of a job")
	})
}

// Job reads one job; fault.NotFound when there is none of that id.
func (s *Store) Job(ctx context.Context, id int64) (Job, error) {
	j, err := scanJob(s.readers.QueryRowContext(ctx, jobFields+" WHERE id = ?", id))
	if err == sql.ErrNoRows {
		return Job{}, fault.New(fault.NotFound, "there is no job %d", id)
	}
	return j, classify(err, "read a job")
}

// Jobs reads a window of the jobs, newest first, and how many there are.
func (s *Store) Jobs(ctx context.Context, offset, limit int64) ([]Job, int64, error) {
	var total int64
	if err := s.readers.QueryRowContext(ctx, "SELECT COUNT(*) FROM job").Scan(&total); err != nil {
		return nil, 0, classify(err, "count the jobs")
	}
	jobs, err := s.jobsWhere(ctx, " ORDER BY id DESC LIMIT ? OFFSET ?", limit, offset)
	return jobs, total, err
}

// JobsInState reads all jobs in a state that were started before a time.
func (s *Store) JobsInState(ctx context.Context, state string, before time.Time) ([]Job, error) {
	return s.jobsWhere(ctx, " WHERE state = ? AND started_at < ? ORDER BY id", state, before.Unix())
}

func (s *Store) jobsWhere(ctx context.Context, condition string, args ...any) ([]Job, error) {
	rows, err := s.readers.QueryContext(ctx, jobFields+condition, args...)
	if err != nil {
		return nil, classify(err, "read the jobs")
	}
	defer rows.Close()
	jobs := []Job{}
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, classify(err, "read the jobs")
		}
		jobs = append(jobs, j)
	}
	return jobs, classify(rows.Err(), "read the jobs")
}

func scanJob(row scanner) (Job, error) {
	var j Job
	var files string
	if err := row.Scan(&j.ID, &j.Kind, &j.Format, &j.Summary, &j.Params, &j.State, &j.Done, &j.Rows, &j.StartedAt, &j.FinishedAt,
		&files, &j.Bytes, &j.ErrorCode); err != nil {
		return Job{}, err
	}
	return j, json.Unmarshal([]byte(files), &j.Files)
}
