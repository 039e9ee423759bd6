using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;
using EdgeVision.Outputs;
using EdgeVision.Triggers;

namespace EdgeVision.Capture.Gpio;

/// <summary>
/// Edges of a line with the kernel's own time of each, by the GPIO character device: one reader, no thread. The kernel keeps 1,024 edges
/// while nobody reads and then drops the oldest, which shows as a gap in <see cref="TriggerEdge.Number"/>. Edges that are closer than the
/// machine takes its interrupts are merged before the kernel can count them; with <see cref="LineEdge.Both"/> that shows too (EdgeNumbers).
/// </summary>
public sealed class GpioEdgeSource : ITriggerSource
{
    /// <summary>How long a cancelled reader waits at most.</summary>
    private const int SliceMs = 100;

    private const int EventsPerRead = 16;

    /// <summary>16 of each of 64 lines: the kernel gives no more.</summary>
    private const int KernelBuffer = 16 * 64;

    private readonly KernelLine _line;
    private readonly TimeProvider _time;
    private readonly long _debounceNanoseconds;
    private readonly byte[] _bytes = new byte[EventsPerRead * GpioAbi.EventSize];
    private int _next, _end;
    private EdgeNumbers _numbers;

    internal GpioEdgeSource(KernelLine line, LineEdge edge, TimeSpan debounce, TimeProvider time) =>
        (_line, _numbers, _debounceNanoseconds, _time) = (line, new EdgeNumbers(edge is LineEdge.Both), (long)debounce.TotalNanoseconds, time);

    /// <exception cref="CaptureException">The line cannot be had; one sentence that ends in what to do.</exception>
    public static GpioEdgeSource Open(GpioLineOptions line, LineEdge edge, TimeProvider time) => Open(line, edge, time, KernelBuffer);

    /// <param name="line">Which, and how it is wired.</param>
    /// <param name="edge">Which edges count.</param>
    /// <param name="time">Clock of the edges' times.</param>
    /// <param name="buffered">Edges that the kernel shall keep; it makes a power of two of them, at most 1,024.</param>
    internal static GpioEdgeSource Open(GpioLineOptions line, LineEdge edge, TimeProvider time, int buffered)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(time);
        var edges = edge switch { LineEdge.Rising => GpioFlags.EdgeRising, LineEdge.Falling => GpioFlags.EdgeFalling, _ => GpioFlags.EdgeRising | GpioFlags.EdgeFalling };
        var flags = GpioFlags.Input | edges | KernelLine.Wiring(line.ActiveLow, line.Bias);
        return new GpioEdgeSource(KernelLine.Open(line.Line, flags, line.Debounce, initial: false, (uint)buffered), edge, line.Debounce, time);
    }

    /// <inheritdoc/>
    public TriggerEdge Read(CancellationToken stopping)
    {
        while (_next == _end)
        {
            stopping.ThrowIfCancellationRequested();
            (_next, _end) = (0, _line.ReadEvents(_bytes, SliceMs));
        }

        stopping.ThrowIfCancellationRequested();
        var left = new ReadOnlySpan<byte>(_bytes, _next, _end - _next);
        var whole = GpioEvent.TryTake(ref left, out var edge);
        var taken = _end - left.Length - _next;
        _next += taken;
        if (!whole) throw new CaptureException($"GPIO line {_line} gave {taken} bytes that are no edge; the driver of its chip is at fault, see the kernel's log (dmesg).");
        // The kernel stamps a debounced edge when the level has been steady for that long, not when it changed.
        var changedAt = (long)edge.TimestampNanoseconds - _debounceNanoseconds;
        return new TriggerEdge(_numbers.Next(edge.LineSequence, edge.Id), KernelTime.ToTimestamp(_time, changedAt));
    }

    public override string ToString() => $"GPIO line {_line}";

    public void Dispose() => _line.Dispose();
}
