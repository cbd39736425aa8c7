// Package job runs long work with progress and cancel, and keeps what became of it: this is 导出记录 (SPEC 5.5).
package job

// State of a job.
type State string

// The states a job passes through. A running job found at start-up was interrupted: it is marked failed.
const (
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Expired   State = "expired" // its files were removed after 30 days
)

// Job is one piece of long work, as the window shows it. Times are "2006-01-02 15:04:05" in UTC+8, empty where there is none yet.
type Job struct {
	ID         int64    `json:"id"`
	Kind       string   `json:"kind"`   // billStatistics, billLines, …; documents: a download
	Format     string   `json:"format"` // xlsx, pdf or csv
	Summary    string   `json:"summary"`
	State      State    `json:"state"`
	Done       int64    `json:"done"`
	Rows       int64    `json:"rows"` // all rows to write; the 导出量
	StartedAt  string   `json:"startedAt"`
	FinishedAt string   `json:"finishedAt"`
	ExpiresOn  string   `json:"expiresOn"`
	Files      []string `json:"files"`     // base names
	Bytes      int64    `json:"bytes"`     // of the files; what came so far, for a download
	ErrorCode  string   `json:"errorCode"` // a code of package fault, for failed jobs
	Waiting    string   `json:"waiting"`   // a code of package fault, while a running job waits for the hall
}

// Page is a window of the list of jobs, newest first.
type Page struct {
	Rows  []Job `json:"rows"`
	Total int64 `json:"total"`
}
