package printing

import "fmt"

// pageTree lists the pages of a file in branches, so that a viewer finds one among many thousands without reading the whole list.
type pageTree struct {
	file     *file
	branches []branch
	count    int
}

type branch struct {
	number int
	pages  []int32 // objects
}

const branchPages = 256

// add appends a page and returns the number of the object above it.
func (t *pageTree) add(page int) int {
	t.count++
	if len(t.branches) == 0 || len(t.branches[len(t.branches)-1].pages) == branchPages {
		t.branches = append(t.branches, branch{number: t.file.reserve()})
	}
	last := &t.branches[len(t.branches)-1]
	last.pages = append(last.pages, int32(page))
	return last.number
}

// end writes the tree and returns the number of its root.
func (t *pageTree) end() (int, error) {
	root := t.file.reserve()
	var kids []byte
	for _, b := range t.branches {
		kids = fmt.Appendf(kids, "%d 0 R ", b.number)
		var pages []byte
		for _, page := range b.pages {
			pages = fmt.Appendf(pages, "%d 0 R ", page)
		}
		body := fmt.Appendf(nil, "<</Type/Pages/Parent %d 0 R/Kids[%s]/Count %d>>", root, pages, len(b.pages))
		if err := t.file.put(b.number, body); err != nil {
			return 0, err
		}
	}
	return root, t.file.put(root, fmt.Appendf(nil, "<</Type/Pages/Kids[%s]/Count %d>>", kids, t.count))
}
