//go:build synctests

package chaos_test

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// parseRequest reads a whole frame; nil if it is none that faults are bound to.
//
//	size(4) key(2) version(2) correlation(4) client(2+n) [tags(1)] body
func parseRequest(frame []byte) (req kmsg.Request, correlation uint32) {
	key := int16(binary.BigEndian.Uint16(frame[4:]))
	correlation = binary.BigEndian.Uint32(frame[8:])
	if req = kmsg.RequestForKey(key); req == nil || key == int16(kmsg.ApiVersions) {
		return nil, correlation
	}
	req.SetVersion(int16(binary.BigEndian.Uint16(frame[6:])))
	body := frame[12:]
	if n := int16(binary.BigEndian.Uint16(body)); n > 0 {
		body = body[n:]
	}
	body = body[2:]
	if req.IsFlexible() {
		body = body[1:]
	}
	if req.ReadFrom(body) != nil {
		return nil, correlation
	}
	return req, correlation
}

// workerOf is the number of the worker that a request names, -1 if it names none.
func workerOf(req kmsg.Request) int {
	var name *string
	switch r := req.(type) {
	case *kmsg.ProduceRequest:
		name = r.TransactionID
	case *kmsg.InitProducerIDRequest:
		name = r.TransactionalID
	case *kmsg.AddPartitionsToTxnRequest:
		name = &r.TransactionalID
	case *kmsg.AddOffsetsToTxnRequest:
		name = &r.TransactionalID
	case *kmsg.TxnOffsetCommitRequest:
		name = &r.TransactionalID
	case *kmsg.EndTxnRequest:
		name = &r.TransactionalID
	case *kmsg.JoinGroupRequest:
		name = r.InstanceID
	case *kmsg.SyncGroupRequest:
		name = r.InstanceID
	case *kmsg.HeartbeatRequest:
		name = r.InstanceID
	}
	if name == nil || *name == "" {
		return -1
	}
	return int((*name)[strings.LastIndexByte(*name, '.')+1] - '0')
}

// refusal returns what makes the response to a request that says it failed; nil
// for a request that has no place for an error.
func refusal(req kmsg.Request, correlation uint32, code int16) func(theirs []byte) []byte {
	var resp kmsg.Response
	switch r := req.(type) {
	case *kmsg.ProduceRequest:
		resp = refuseProduce(r, code)
	case *kmsg.FetchRequest:
		return func(theirs []byte) []byte { return refuseFetch(r, correlation, theirs, code) }
	case *kmsg.TxnOffsetCommitRequest:
		resp = refuseOffsets(r, code)
	case *kmsg.AddPartitionsToTxnRequest:
		resp = refusePartitions(r, code)
	case *kmsg.OffsetFetchRequest:
		resp = refuseOffsetFetch(r, code)
	case *kmsg.ListOffsetsRequest:
		resp = refuseList(r, code)
	default:
		resp = refuseWhole(req, code)
	}
	if resp == nil {
		return nil
	}
	return func([]byte) []byte { return frameOf(resp, req.GetVersion(), correlation) }
}

func refuseWhole(req kmsg.Request, code int16) kmsg.Response {
	switch resp := req.ResponseKind().(type) {
	case *kmsg.InitProducerIDResponse:
		resp.ErrorCode, resp.ProducerID, resp.ProducerEpoch = code, -1, -1
		return resp
	case *kmsg.AddOffsetsToTxnResponse:
		resp.ErrorCode = code
		return resp
	case *kmsg.EndTxnResponse:
		resp.ErrorCode = code
		return resp
	case *kmsg.JoinGroupResponse:
		resp.ErrorCode, resp.Generation = code, -1
		return resp
	case *kmsg.SyncGroupResponse:
		resp.ErrorCode = code
		return resp
	case *kmsg.HeartbeatResponse:
		resp.ErrorCode = code
		return resp
	}
	return nil
}

// frameOf writes a response.
func frameOf(resp kmsg.Response, version int16, correlation uint32) []byte {
	resp.SetVersion(version)
	frame := binary.BigEndian.AppendUint32(make([]byte, 4), correlation)
	if resp.IsFlexible() {
		frame = append(frame, 0)
	}
	frame = resp.AppendTo(frame)
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame
}

func refuseProduce(req *kmsg.ProduceRequest, code int16) *kmsg.ProduceResponse {
	resp := kmsg.NewPtrProduceResponse()
	for _, t := range req.Topics {
		topic := kmsg.NewProduceResponseTopic()
		topic.Topic, topic.TopicID = t.Topic, t.TopicID
		for _, p := range t.Partitions {
			part := kmsg.NewProduceResponseTopicPartition()
			part.Partition, part.ErrorCode, part.BaseOffset = p.Partition, code, -1
			topic.Partitions = append(topic.Partitions, part)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

// refuseAlone takes the first partition out of a produce request, so that its part
// fails and the rest is written; a request of one partition is refused.
func refuseAlone(req kmsg.Request, frame []byte, correlation uint32) ([]byte, pending) {
	r, ok := req.(*kmsg.ProduceRequest)
	if !ok || len(r.Topics) == 0 || len(r.Topics[0].Partitions) == 0 {
		return frame, pending{}
	}
	code := kerr.MessageTooLarge.Code
	body := len(r.AppendTo(nil))
	first := *r
	first.Topics = []kmsg.ProduceRequestTopic{r.Topics[0]}
	first.Topics[0].Partitions = r.Topics[0].Partitions[:1]
	failed := refuseProduce(&first, code)
	if r.Topics[0].Partitions = r.Topics[0].Partitions[1:]; len(r.Topics[0].Partitions) == 0 {
		r.Topics = r.Topics[1:]
	}
	if len(r.Topics) == 0 {
		return frame, pending{kind: refused, answer: func([]byte) []byte { return frameOf(failed, r.GetVersion(), correlation) }}
	}
	rest := r.AppendTo(bytes.Clone(frame[:len(frame)-body]))
	binary.BigEndian.PutUint32(rest, uint32(len(rest)-4))
	return rest, pending{kind: confused, answer: func(theirs []byte) []byte {
		resp := kmsg.NewPtrProduceResponse()
		resp.SetVersion(r.GetVersion())
		body := theirs[8:]
		if resp.IsFlexible() {
			body = body[1:]
		}
		if resp.ReadFrom(body) != nil {
			return theirs
		}
		resp.Topics = append(resp.Topics, failed.Topics...)
		return frameOf(resp, r.GetVersion(), correlation)
	}}
}

// refuseFetch puts an error where the records were.
func refuseFetch(req *kmsg.FetchRequest, correlation uint32, theirs []byte, code int16) []byte {
	resp := kmsg.NewPtrFetchResponse()
	resp.SetVersion(req.GetVersion())
	body := theirs[8:]
	if resp.IsFlexible() {
		body = body[1:]
	}
	if resp.ReadFrom(body) != nil {
		return theirs
	}
	for i := range resp.Topics {
		for j := range resp.Topics[i].Partitions {
			p := &resp.Topics[i].Partitions[j]
			p.ErrorCode, p.RecordBatches = code, nil
		}
	}
	return frameOf(resp, req.GetVersion(), correlation)
}

func refuseOffsets(req *kmsg.TxnOffsetCommitRequest, code int16) kmsg.Response {
	resp := kmsg.NewPtrTxnOffsetCommitResponse()
	for _, t := range req.Topics {
		topic := kmsg.NewTxnOffsetCommitResponseTopic()
		topic.Topic, topic.TopicID = t.Topic, t.TopicID
		for _, p := range t.Partitions {
			part := kmsg.NewTxnOffsetCommitResponseTopicPartition()
			part.Partition, part.ErrorCode = p.Partition, code
			topic.Partitions = append(topic.Partitions, part)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

func refusePartitions(req *kmsg.AddPartitionsToTxnRequest, code int16) kmsg.Response {
	if req.GetVersion() > 3 {
		return nil // the brokers' own
	}
	resp := kmsg.NewPtrAddPartitionsToTxnResponse()
	for _, t := range req.Topics {
		topic := kmsg.NewAddPartitionsToTxnResponseTopic()
		topic.Topic = t.Topic
		for _, p := range t.Partitions {
			part := kmsg.NewAddPartitionsToTxnResponseTopicPartition()
			part.Partition, part.ErrorCode = p, code
			topic.Partitions = append(topic.Partitions, part)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

func refuseOffsetFetch(req *kmsg.OffsetFetchRequest, code int16) kmsg.Response {
	resp := kmsg.NewPtrOffsetFetchResponse()
	resp.ErrorCode = code
	for _, g := range req.Groups {
		group := kmsg.NewOffsetFetchResponseGroup()
		group.Group, group.ErrorCode = g.Group, code
		resp.Groups = append(resp.Groups, group)
	}
	return resp
}

func refuseList(req *kmsg.ListOffsetsRequest, code int16) kmsg.Response {
	resp := kmsg.NewPtrListOffsetsResponse()
	for _, t := range req.Topics {
		topic := kmsg.NewListOffsetsResponseTopic()
		topic.Topic = t.Topic
		for _, p := range t.Partitions {
			part := kmsg.NewListOffsetsResponseTopicPartition()
			part.Partition, part.ErrorCode = p.Partition, code
			topic.Partitions = append(topic.Partitions, part)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}
