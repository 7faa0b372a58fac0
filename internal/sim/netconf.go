package sim

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// caller is one conversation in NETCONF (RFC 6241 and 6242). The questions are those of the command
// line, in requests; they are answered with the same words. This side is written for itself and
// shares nothing with the driver that it tests.
type caller struct {
	shell
	in      *bufio.Reader
	chunked bool
}

const (
	base    = "urn:ietf:params:netconf:base:1."
	netconf = "urn:ietf:params:xml:ns:netconf:base:1.0"
	longest = 1 << 20 // of a request
)

// run says hello and answers until the client leaves.
func (c *caller) run() {
	defer c.leave()
	c.in = bufio.NewReader(c.ch)
	old := c.b.fault("netconf-1.0") != nil
	caps := "<capability>" + base + "0</capability>"
	if !old {
		caps += "<capability>" + base + "1</capability>"
	}
	caps += c.b.capable()
	if c.say(`<hello xmlns="`+netconf+`"><capabilities>`+caps+`</capabilities><session-id>7</session-id></hello>`) != nil {
		return
	}
	theirs, err := c.message()
	if err != nil {
		return
	}
	c.chunked = !old && bytes.Contains(theirs, []byte(base+"1<"))
	for {
		text, err := c.message()
		if err != nil {
			return
		}
		var q struct {
			XMLName xml.Name
			ID      string `xml:"message-id,attr"`
			Body    string `xml:",innerxml"`
		}
		if c.asked == 0 && c.b.fault("one-piece") != nil {
			_, _ = c.in.Peek(1) // an end of the session shows at the next reading
		}
		if xml.Unmarshal(text, &q) != nil || q.XMLName.Local != "rpc" || q.XMLName.Space != netconf {
			return
		}
		if c.request(q.ID, strings.TrimSpace(q.Body)) != nil {
			return
		}
	}
}

// request answers one request, or what the faults make of it.
func (c *caller) request(id, body string) error {
	c.asked++
	if c.b.faultAt("hang", c.asked) != nil {
		_, err := io.Copy(io.Discard, c.ch)
		return errors.Join(err, errGone)
	}
	cut := c.b.cut()
	if cut == "before" {
		return errGone
	}
	answer, err := c.do(body)
	if err != nil {
		return err
	}
	if cut != "" {
		return errGone
	}
	if f := c.b.fault("slow"); f != nil {
		time.Sleep(f.For)
	}
	head := ""
	if f := c.b.spoils(); f != nil {
		head, id, answer = spoilt(f, id, answer)
	}
	if body == "<close-session/>" {
		c.leave() // what it held is free before it is told
	}
	err = c.say(head + `<rpc-reply xmlns="` + netconf + `" message-id="` + id + `">` + answer + `</rpc-reply>`)
	if err == nil && body == "<close-session/>" {
		return errGone
	}
	return err
}

// spoils is the fault by which this answer is spoilt: every one, or the N-th request of all
// sessions where the text says nothing of a size.
func (b *Box) spoils() *Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults.takes("xml", func(f *Fault) bool { return f.Text == "huge" || f.N == 0 || f.N == b.count.Lines })
}

// spoilt is an answer that a driver must not take.
func spoilt(f *Fault, id, answer string) (head, theirs, out string) {
	switch f.Text {
	case "entity":
		return `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`, id, strings.Replace(answer, ">", ">&b;", 1)
	case "deep":
		return "", id, strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000)
	case "other":
		return "", id + "0", answer
	case "open":
		return "", id, answer[:len(answer)/2]
	case "huge":
		return "", id, "<configuration-text>" + strings.Repeat("a", max(f.N, 1<<20)) + "</configuration-text>"
	}
	return "", id, answer
}

// do answers a request with the words of the command line.
func (c *caller) do(body string) (string, error) {
	b := c.b
	b.mu.Lock()
	defer b.unlock()
	if body != "<close-session/>" { // nobody waits for its answer: it may come too late to be heard
		b.log.add(c.user, ">", body)
	}
	n := b.is.Session.Netconf
	switch body {
	case "<close-session/>":
		return "<ok/>", nil
	case n.Fetch:
		return "<" + n.Text + ">" + escaped(b.shown("")) + "</" + n.Text + ">", nil
	}
	for name, ask := range n.Read {
		if ask != body {
			continue
		}
		if out, known := b.exec(&c.shell, b.is.Session.Read[name]); known {
			return "<output>\n" + escaped(out) + "</output>", nil
		}
	}
	if answer, known, err := c.edit(body); known || err != nil {
		return answer, err
	}
	return refusal("operation-not-supported", "syntax error, expecting a request"), nil
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}

// say frames a message. Version 1.1 sends it in two chunks, cut where nothing ends.
func (c *caller) say(body string) error {
	if c.b.fault("frame") != nil && c.chunked {
		return c.send("\n#0\n" + body + "\n##\n")
	}
	if !c.chunked {
		return c.send(body + "]]>]]>")
	}
	half := len(body) / 2
	return c.send(fmt.Sprintf("\n#%d\n%s\n#%d\n%s\n##\n", half, body[:half], len(body)-half, body[half:]))
}

// message reads one message of the client.
func (c *caller) message() ([]byte, error) {
	var out []byte
	for !c.chunked {
		part, err := c.in.ReadBytes('>')
		if out = append(out, part...); err != nil || len(out) > longest {
			return nil, errors.Join(err, errGone)
		}
		if body, ends := bytes.CutSuffix(out, []byte("]]>]]>")); ends {
			return body, nil
		}
	}
	for {
		if _, err := c.in.Discard(2); err != nil { // "\n#"
			return nil, err
		}
		head, err := c.in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if head == "#\n" {
			return out, nil
		}
		n, err := strconv.Atoi(strings.TrimSpace(head))
		if err != nil || n < 1 || len(out)+n > longest {
			return nil, errGone
		}
		part := make([]byte, n)
		if _, err := io.ReadFull(c.in, part); err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
}
