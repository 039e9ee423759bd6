using System.Threading.Channels;
using EdgeVision.Cloud.Protocol;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Cloud.Models;

/// <summary>
/// One session and one thread: takes what waits, as many rows as fit and come in time, and runs them together. A model whose batch dimension is fixed runs them one by one.
/// </summary>
internal sealed class TensorBatcher : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly Channel<TensorWork> _queue;
    private readonly CloudOptions _options;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly List<TensorWork> _batch = [];
    private readonly byte[][] _scratch;
    private TensorWork? _next;

    /// <param name="weights">Path of the model; verified.</param>
    /// <param name="threads">On one run.</param>
    /// <param name="options">Batches and queue.</param>
    /// <param name="time">Times delays.</param>
    /// <param name="metrics">Told of each run.</param>
    public TensorBatcher(string weights, int threads, CloudOptions options, TimeProvider time, ModelMetrics metrics)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        (_session, _options, _time, Metrics) = (new InferenceSession(weights, settings), options, time, metrics);
        (_inputNames, _outputNames) = ([.. _session.InputMetadata.Keys], [.. _session.OutputMetadata.Keys]);
        Inputs = [.. _session.InputMetadata.Select(static m => PortOf(m.Key, m.Value))];
        Outputs = [.. _session.OutputMetadata.Select(static m => PortOf(m.Key, m.Value))];
        _scratch = new byte[_inputNames.Length][];
        Array.Fill(_scratch, []);
        _queue = Channel.CreateBounded<TensorWork>(new BoundedChannelOptions(options.Queue) { SingleReader = true });
        _thread = new Thread(Work) { IsBackground = true, Name = "tensors" };
        _thread.Start();
    }

    public IReadOnlyList<TensorPort> Inputs { get; }

    public IReadOnlyList<TensorPort> Outputs { get; }

    /// <summary>The graph leaves the batch dimension of every input and output open.</summary>
    public bool IsBatched => Inputs.Concat(Outputs).All(static p => p.Shape is [-1, ..]);

    private ModelMetrics Metrics { get; }

    /// <summary>False when the queue is full.</summary>
    public bool TryAdd(TensorWork work)
    {
        if (!_queue.Writer.TryWrite(work)) return false;
        Metrics.Waits(_queue.Reader.Count);
        return true;
    }

    /// <summary>After what waits.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _run.Dispose();
        _session.Dispose();
    }

    private static TensorPort PortOf(string name, NodeMetadata node) =>
        new(name, node.IsTensor ? TensorType.WordOf(node.ElementDataType) ?? "" : "", [.. (node.Dimensions ?? []).Select(static d => (long)d)]);

    private void Work()
    {
        while (Take() is { } first)
        {
            _batch.Clear();
            _batch.Add(first);
            if (IsBatched) Gather(first);
            try
            {
                Run();
            }
            catch (OnnxRuntimeException e)
            {
                EndAll(WorkResult.Not(WorkOutcome.Failed, $"ONNX Runtime fails on it: {e.Message.Split('\n')[0]}"));
            }
#pragma warning disable CA1031 // A bug here must not leave clients waiting.
            catch (Exception e)
#pragma warning restore CA1031
            {
                EndAll(WorkResult.Not(WorkOutcome.Failed, $"The server failed on it ({e.GetType().Name}); please report this."));
            }
        }
    }

    /// <summary>Null at the end.</summary>
    private TensorWork? Take()
    {
        while (true)
        {
            var work = _next;
            _next = null;
            if (work is null && !_queue.Reader.TryRead(out work))
            {
                if (!_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult()) return null;
                continue;
            }

            Metrics.Waits(_queue.Reader.Count);
            if (!work.IsGone) return work;
            work.End(WorkResult.Not(WorkOutcome.Late, "It waited too long."));
        }
    }

    /// <summary>Others that can run with it, for as long as the first may be delayed. What does not fit is the next first.</summary>
    private void Gather(TensorWork first)
    {
        var (rows, began) = (first.Batch, _time.GetTimestamp());
        while (rows < _options.MaxBatch)
        {
            if (!_queue.Reader.TryRead(out var work))
            {
                var left = _options.MaxDelay - _time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero || !Wait(left)) return;
                continue;
            }

            if (work.IsGone)
            {
                work.End(WorkResult.Not(WorkOutcome.Late, "It waited too long."));
                continue;
            }

            if (rows + work.Batch > _options.MaxBatch || !first.Fits(work))
            {
                _next = work;
                return;
            }

            rows += work.Batch;
            _batch.Add(work);
        }
    }

    private bool Wait(TimeSpan time)
    {
        using var limit = new CancellationTokenSource(time, _time);
        try
        {
            return _queue.Reader.WaitToReadAsync(limit.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Run()
    {
        var began = _time.GetTimestamp();
        var rows = _batch.Sum(static w => w.Batch);
        var inputs = new OrtValue[_inputNames.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++) inputs[i] = Join(i, rows);
            var running = _time.GetTimestamp();
            using var outputs = _session.Run(_run, _inputNames, inputs, _outputNames);
            Metrics.Ran(_batch.Count, rows, _time.GetElapsedTime(running));
            var parts = Enumerable.Range(0, _batch.Count).Select(_ => new Tensor[_outputNames.Length]).ToArray();
            for (var o = 0; o < _outputNames.Length; o++) Split(outputs[o], o, rows, parts);
            for (var i = 0; i < parts.Length; i++) _batch[i].End(WorkResult.Done(parts[i]));
        }
        finally
        {
            foreach (var input in inputs) input?.Dispose();
        }
    }

    /// <summary>Rows of all, behind each other, in memory that is aligned: the bytes of a request begin wherever its JSON ended.</summary>
    private OrtValue Join(int input, int rows)
    {
        var bytes = _batch.Sum(w => w.Inputs[input].Data.Length);
        if (_scratch[input].Length < bytes) _scratch[input] = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        var at = 0;
        foreach (var work in _batch)
        {
            work.Inputs[input].Data.Span.CopyTo(_scratch[input].AsSpan(at));
            at += work.Inputs[input].Data.Length;
        }

        var first = _batch[0].Inputs[input];
        long[] shape = first.Shape.Count == 0 ? [] : [_batch.Count == 1 ? first.Shape[0] : rows, .. first.Shape.Skip(1)];
        var address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_scratch[input], 0);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorType.ElementOf(first.Type), shape, address, bytes);
    }

    private void Split(OrtValue value, int output, int rows, Tensor[][] parts)
    {
        var info = value.GetTensorTypeAndShape();
        var word = TensorType.WordOf(info.ElementDataType) ?? throw new NotSupportedException($"Output '{_outputNames[output]}' is {info.ElementDataType}.");
        var shape = info.Shape;
        var data = info.ElementCount == 0 ? default : value.GetTensorMutableRawData();
        if (parts.Length == 1)
        {
            parts[0][output] = new Tensor(_outputNames[output], word, shape, data.ToArray());
            return;
        }

        if (shape.Length == 0 || shape[0] != rows) throw new NotSupportedException($"Output '{_outputNames[output]}' has {(shape.Length == 0 ? 0 : shape[0])} rows for {rows} of the input.");
        var (row, at) = (data.Length / rows, 0);
        for (var i = 0; i < parts.Length; i++)
        {
            var length = row * _batch[i].Batch;
            parts[i][output] = new Tensor(_outputNames[output], word, [_batch[i].Batch, .. shape.Skip(1)], data.Slice(at, length).ToArray());
            at += length;
        }
    }

    private void EndAll(WorkResult result)
    {
        foreach (var work in _batch) work.End(result);
    }
}
