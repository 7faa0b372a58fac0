// Package lsp answers editors in the language server protocol (version 3.17), over a pair
// of streams: what check finds while a file is typed, what a field means, where a name is
// given and used, and which names there are.
package lsp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Limits of what an editor may send: more is no message of an editor.
const (
	maxBody   = 16 << 20
	maxHeader = 4096
)

var errFrame = errors.New("what came is no message of the language server protocol")

// ReadFrame reads the body of one message. io.EOF is the end between two messages.
func ReadFrame(r *bufio.Reader) ([]byte, error) {
	size, seen := -1, 0
	for {
		line, err := r.ReadSlice('\n')
		if seen += len(line); seen > maxHeader || errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("%w: its header is too long", errFrame)
		}
		if err != nil {
			if seen > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return nil, fmt.Errorf("%w: a line of its header has no colon", errFrame)
		}
		if strings.EqualFold(name, "Content-Length") {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil || n < 0 || n > maxBody {
				return nil, fmt.Errorf("%w: its length is %q", errFrame, strings.TrimSpace(value))
			}
			size = n
		}
	}
	if size < 0 {
		return nil, fmt.Errorf("%w: its header gives no length", errFrame)
	}
	body := make([]byte, 0, min(size, 64<<10)) // what is not sent is not kept room for
	for len(body) < size {
		chunk := make([]byte, min(size-len(body), 64<<10))
		n, err := io.ReadFull(r, chunk)
		body = append(body, chunk[:n]...)
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
	}
	return body, nil
}

// WriteFrame writes one message.
func WriteFrame(w io.Writer, body []byte) error {
	_, err := fmt.Fprintf(w, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}
