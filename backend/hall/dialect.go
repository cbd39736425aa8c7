package hall

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Row locks stand at the end of a statement.
const (
	forUpdate = ` FOR UPDATE`
	forShare  = ` FOR SHARE`
)

// dialect says the hall's statements as PostgreSQL does:
//
//	?, ?2                                 $1, $2
//	json_extract(body, '$.status')        nullif(body, '')::json ->> 'status'
//	feed INDEXED BY feed_card CROSS JOIN  feed JOIN   (its planner chooses by itself)
//
// All else is written so that both understand it.
type dialect struct {
	field, hint *regexp.Regexp
	said        *sync.Map // statement → sentence
}

// sentence is a statement in PostgreSQL's words. args are the places, from zero, of its arguments among those given.
type sentence struct {
	text string
	args []int
}

func newDialect() dialect {
	return dialect{field: regexp.MustCompile(`json_extract\(([a-z.]+), '\$\.([A-Za-z]+)'\)`), hint: regexp.MustCompile(` ?INDEXED BY [a-z_]+|CROSS (JOIN)`),
		said: &sync.Map{}}
}

func (d dialect) speak(statement string, args []any) (string, []any) {
	held, known := d.said.Load(statement)
	if !known {
		held, _ = d.said.LoadOrStore(statement, d.translate(statement))
	}
	said := held.(sentence)
	ordered := make([]any, len(said.args))
	for i, place := range said.args {
		ordered[i] = args[place]
	}
	return said.text, ordered
}

func (d dialect) translate(statement string) sentence {
	text := d.hint.ReplaceAllString(statement, "$1")
	text = d.field.ReplaceAllStringFunc(text, func(found string) string {
		parts := d.field.FindStringSubmatch(found)
		return jsonField(parts[1], parts[2])
	})
	return number(text)
}

// jsonField reads a field of a record's body. That of a deletion is empty, which is no JSON.
func jsonField(body, name string) string {
	field := `(nullif(` + body + `, '')::json ->> '` + name + `')`
	for _, numeric := range []string{"Id", "Fen", "Color"} {
		if strings.HasSuffix(name, numeric) {
			return `(` + field + `::bigint)`
		}
	}
	return field
}

// number puts $1, $2 … in the places of ? and ?N, which may name an argument several times, or leave some out.
func number(statement string) sentence {
	var said sentence
	var text strings.Builder
	numbers := map[int]int{} // place → number
	quoted := false
	for i := 0; i < len(statement); i++ {
		c := statement[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '?' || quoted {
			text.WriteByte(c)
			continue
		}
		digits := i + 1
		for digits < len(statement) && statement[digits] >= '0' && statement[digits] <= '9' {
			digits++
		}
		place := len(said.args)
		if named, err := strconv.Atoi(statement[i+1 : digits]); err == nil {
			place = named - 1
		}
		if numbers[place] == 0 {
			said.args = append(said.args, place)
			numbers[place] = len(said.args)
		}
		text.WriteString("$" + strconv.Itoa(numbers[place]))
		i = digits - 1
	}
	said.text = text.String()
	return said
}
