package store

import (
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
)

const testKind = "testView"

func savedNames(t *testing.T, s *Store, kind string) string {
	t.Helper()
	all, err := s.Saved(t.Context(), kind)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range all {
		names = append(names, one.Name+"="+one.Body)
	}
	return strings.Join(names, " ")
}

func save(t *testing.T, s *Store, kind, name, body string) string {
	t.Helper()
	kept, err := s.PutSaved(t.Context(), kind, name, body, time.Unix(1_700_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestWhatIsSavedByNameIsChangedRenamedAndForgotten(t *testing.T) {
	s := openEmpty(t)
	if kept := save(t, s, testKind, "  上月 大客户\t", `{"a":1}`); kept != "上月 大客户" {
		t.Errorf("kept as %q", kept)
	}
	save(t, s, testKind, "今年", `{"b":1}`)
	save(t, s, testKind, "今年", `{"b":2}`)
	save(t, s, "otherKind", "今年", `[]`)
	if got := savedNames(t, s, testKind); got != `上月 大客户={"a":1} 今年={"b":2}` {
		t.Errorf("saved: %s", got)
	}

	at := time.Unix(1_700_000_100, 0)
	if _, err := s.RenameSaved(t.Context(), testKind, "今年", "上月 大客户", at); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := s.RenameSaved(t.Context(), testKind, "去年", "前年", at); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a name that nothing has: %v", err)
	}
	if kept, err := s.RenameSaved(t.Context(), testKind, "今年", " 今年全部 ", at); err != nil || kept != "今年全部" {
		t.Errorf("renamed to %q, %v", kept, err)
	}
	if err := s.DeleteSaved(t.Context(), testKind, "上月 大客户"); err != nil {
		t.Fatal(err)
	}
	if got := savedNames(t, s, testKind) + "; " + savedNames(t, s, "otherKind"); got != `今年全部={"b":2}; 今年=[]` {
		t.Errorf("left: %s", got)
	}
	all, err := s.Saved(t.Context(), testKind)
	if err != nil || !all[0].ChangedAt.Equal(at) {
		t.Errorf("changed %v, %v; want %v", all[0].ChangedAt, err, at)
	}
}

func TestABadNameOrBodyIsNotSaved(t *testing.T) {
	s := openEmpty(t)
	save(t, s, testKind, strings.Repeat("长", 40), "1")
	for _, bad := range []struct{ name, body string }{
		{" \t", "1"}, {strings.Repeat("长", 41), "1"}, {"a\nb", "1"}, {"a\xff", "1"}, {"a", "{"}, {"a", ""}, {"a", `"` + strings.Repeat("x", savedBodyLimit) + `"`},
	} {
		if _, err := s.PutSaved(t.Context(), testKind, bad.name, bad.body, time.Now()); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("name %.20q, body %.20q: %v", bad.name, bad.body, err)
		}
	}
	if _, err := s.RenameSaved(t.Context(), testKind, strings.Repeat("长", 40), "", time.Now()); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("renamed to nothing: %v", err)
	}
	if all, err := s.Saved(t.Context(), testKind); err != nil || len(all) != 1 {
		t.Errorf("%d are saved, %v", len(all), err)
	}
}

func TestWhatIsSavedSurvivesARebuiltCache(t *testing.T) {
	former, fresh := openEmpty(t), openEmpty(t)
	save(t, former, testKind, "上月", `{"months":1}`)
	if err := fresh.AdoptLocal(t.Context(), former.Path()); err != nil {
		t.Fatal(err)
	}
	if got := savedNames(t, fresh, testKind); got != `上月={"months":1}` {
		t.Errorf("taken over: %s", got)
	}
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), fresh.Path(), fresh.key)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := savedNames(t, again, testKind); got != `上月={"months":1}` {
		t.Errorf("after a restart: %s", got)
	}
}
