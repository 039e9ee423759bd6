using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using EdgeVision.Events;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Benchmarks;

/// <summary>One frame event of five objects as CloudEvents JSON, as the outbox writes it: reused writer, reused buffer.</summary>
[MemoryDiagnoser]
public class EventJsonBenchmarks
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly NodeIdentity _node = new("press-4", "edgevision", "3f2a91c0aa11", static () => true);
    private readonly Utf8JsonWriter _json;
    private readonly FrameEvent _event;

    public EventJsonBenchmarks()
    {
        _json = new Utf8JsonWriter(_bytes);
        _event = new FrameEvent
        {
            Camera = "door",
            Time = new DateTimeOffset(2026, 11, 22, 9, 30, 15, 250, TimeSpan.Zero),
            Model = new ModelIdentity("nanodet-g-416", "1.0.0", new string('a', 64), ["person", "bicycle", "car"]),
            FrameSequence = 12,
            Width = 640,
            Height = 480,
            Objects = [.. Enumerable.Range(0, 5).Select(i => new Detection(i % 3, 0.9f - (i / 10f), new Box(10 + (i * 90), 20, 80 + (i * 90), 200)))],
            Timings = new DetectionTimings(TimeSpan.FromMilliseconds(0.3), TimeSpan.FromMilliseconds(22.5), TimeSpan.FromMilliseconds(0.1)),
        };
    }

    [Benchmark]
    public int Write()
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        VisionEventJson.Write(_json, _event, 1_234_567, 12_345, _node);
        _json.Flush();
        return _bytes.WrittenCount;
    }
}
