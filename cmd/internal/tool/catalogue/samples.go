package catalogue

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/cmd/internal/tool/export"
)

const samplesPerTopic = 3

// ReadSamples reads the first rows of each topic from an export as JSON lines.
func ReadSamples(dir string) (map[string][]json.RawMessage, error) {
	m, err := export.Load(dir)
	if err != nil {
		return nil, err
	}
	if m.Format != export.JSONL {
		return nil, fmt.Errorf("%s is an export as %s; samples are read from one as %s", dir, m.Format, export.JSONL)
	}
	samples := map[string][]json.RawMessage{}
	for name, topic := range m.Topics {
		for i := range topic.Files {
			if len(samples[name]) == samplesPerTopic {
				break
			}
			path := filepath.Join(dir, filepath.FromSlash(topic.Files[i].Path))
			if samples[name], err = readLines(path, samples[name]); err != nil {
				return nil, err
			}
		}
	}
	return samples, nil
}

func readLines(path string, rows []json.RawMessage) ([]json.RawMessage, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewReader(f)
	for len(rows) < samplesPerTopic {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if line, err = withoutMeta(line); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if line != nil {
			rows = append(rows, line)
		}
	}
	return rows, nil
}

// withoutMeta takes the columns of contract.MetaColumns off a line, which are its last; nil
// for a record without a value.
func withoutMeta(line []byte) ([]byte, error) {
	var tombstone struct {
		Is bool `json:"kafka_tombstone"`
	}
	if err := json.Unmarshal(line, &tombstone); err != nil || tombstone.Is {
		return nil, err
	}
	mark := []byte(`,"` + contract.KafkaKey + `":`)
	for i := len(line) - len(mark); i > 0; i-- {
		if bytes.Equal(line[i:i+len(mark)], mark) {
			return append(line[:i:i], '}'), nil
		}
	}
	return line, nil
}
