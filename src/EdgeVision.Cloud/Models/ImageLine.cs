using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using EdgeVision.Cloud.Protocol;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Onnx;

namespace EdgeVision.Cloud.Models;

/// <summary>JPEG in, objects out, with everything that a node does between: decoding, resizing, the model, its decoder. Some workers, each with a detector of its own.</summary>
internal sealed class ImageLine : IDisposable
{
    /// <summary>Of the inputs and outputs of a model that is asked this way.</summary>
    public static readonly IReadOnlyList<TensorPort> Inputs = [new("image", TensorType.Bytes, [1])];

    /// <inheritdoc cref="Inputs"/>
    public static readonly IReadOnlyList<TensorPort> Outputs =
        [new("boxes", "FP32", [-1, 4]), new("scores", "FP32", [-1]), new("class_ids", "INT64", [-1]), new("labels", TensorType.Bytes, [-1]), new("size", "INT32", [2])];

    private readonly Channel<TensorWork> _queue;
    private readonly Thread[] _workers;
    private readonly OnnxModel _model;
    private readonly TimeProvider _time;
    private readonly ModelMetrics _metrics;

    /// <param name="model">Stays the caller's.</param>
    /// <param name="options">Workers and queue.</param>
    /// <param name="time">Of captures, which nobody asks for, and of runs.</param>
    /// <param name="metrics">Told of each run.</param>
    public ImageLine(OnnxModel model, CloudOptions options, TimeProvider time, ModelMetrics metrics)
    {
        (_model, _time, _metrics) = (model, time, metrics);
        _queue = Channel.CreateBounded<TensorWork>(options.Queue);
        _workers = [.. Enumerable.Range(0, options.Workers).Select(_ => new Thread(Work) { IsBackground = true, Name = "images" })];
        foreach (var worker in _workers) worker.Start();
    }

    /// <summary>False when the queue is full.</summary>
    public bool TryAdd(TensorWork work)
    {
        if (!_queue.Writer.TryWrite(work)) return false;
        _metrics.Waits(_queue.Reader.Count);
        return true;
    }

    /// <summary>After what waits.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        foreach (var worker in _workers) worker.Join();
    }

    private void Work()
    {
        var pool = new FramePool();
        using var detector = _model.CreateDetector(_time);
        var (decoder, found) = (new JpegDecoder(pool), new DetectionList());
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var work))
            {
                _metrics.Waits(_queue.Reader.Count);
                if (work.IsGone)
                {
                    work.End(WorkResult.Not(WorkOutcome.Late, "It waited too long."));
                    continue;
                }

                try
                {
                    work.End(Look(work.Inputs[0].Data, pool, decoder, detector, found));
                }
#pragma warning disable CA1031 // A bug here must not leave clients waiting.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    work.End(WorkResult.Not(WorkOutcome.Failed, $"The server failed on it ({e.GetType().Name}); please report this."));
                }
            }
        }
    }

    private WorkResult Look(ReadOnlyMemory<byte> element, FramePool pool, JpegDecoder decoder, OnnxDetector detector, DetectionList found)
    {
        // Of one element: its length, then itself.
        var jpeg = element.Length > 4 && BinaryPrimitives.ReadInt32LittleEndian(element.Span) == element.Length - 4 ? element[4..] : default;
        if (jpeg.IsEmpty || !JpegHeader.TryRead(jpeg.Span, out var width, out var height)) return WorkResult.Not(WorkOutcome.Mistaken, "'image' is no JPEG; one element with its length of 4 bytes in front was expected.");
        using var frame = FrameOf(jpeg.Span, width, height, pool);
        if (!decoder.TryDecode(frame, detector.LeastScale(frame.UprightWidth, frame.UprightHeight), out var reason)) return WorkResult.Not(WorkOutcome.Mistaken, $"The JPEG cannot be decoded: {reason}");
        found.Clear();
        var status = detector.DetectAsync(frame, found, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (status is not DetectionStatus.Ok) return WorkResult.Not(WorkOutcome.Failed, "The model failed on it.");
        _metrics.Ran(1, 1, found.Timings.Infer);
        return WorkResult.Done(OutputsOf(found.Span, _model.Package.Labels, frame.UprightWidth, frame.UprightHeight));
    }

    private Frame FrameOf(ReadOnlySpan<byte> jpeg, int width, int height, FramePool pool)
    {
        var buffer = pool.Rent(jpeg.Length);
        jpeg.CopyTo(buffer.Memory.Span);
        return new Frame(buffer, FrameFormat.Jpeg(width, height), jpeg.Length, 0, _time.GetUtcNow(), _time.GetTimestamp());
    }

    private static List<Tensor> OutputsOf(ReadOnlySpan<Detection> found, IReadOnlyList<string> labels, int width, int height)
    {
        var (boxes, scores, ids, size) = (new byte[found.Length * 16], new byte[found.Length * 4], new byte[found.Length * 8], new byte[8]);
        using var words = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        for (var i = 0; i < found.Length; i++)
        {
            var box = found[i].Box.ClipTo(width, height);
            ReadOnlySpan<float> sides = [box.Left, box.Top, box.Right, box.Bottom];
            for (var s = 0; s < 4; s++) BinaryPrimitives.WriteSingleLittleEndian(boxes.AsSpan((i * 16) + (s * 4)), sides[s]);
            BinaryPrimitives.WriteSingleLittleEndian(scores.AsSpan(i * 4), found[i].Confidence);
            BinaryPrimitives.WriteInt64LittleEndian(ids.AsSpan(i * 8), found[i].ClassId);
            var word = Encoding.UTF8.GetBytes(labels[found[i].ClassId]);
            BinaryPrimitives.WriteInt32LittleEndian(length, word.Length);
            words.Write(length);
            words.Write(word);
        }

        BinaryPrimitives.WriteInt32LittleEndian(size, width);
        BinaryPrimitives.WriteInt32LittleEndian(size.AsSpan(4), height);
        long n = found.Length;
        return [new("boxes", "FP32", [n, 4], boxes), new("scores", "FP32", [n], scores), new("class_ids", "INT64", [n], ids), new("labels", TensorType.Bytes, [n], words.ToArray()), new("size", "INT32", [2], size)];
    }
}
