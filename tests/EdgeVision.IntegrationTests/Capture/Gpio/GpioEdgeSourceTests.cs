using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipes;
using EdgeVision.Capture.Gpio;
using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;
using EdgeVision.Triggers;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.IntegrationTests.Capture.Gpio;

/// <summary>The reader of edges over a pipe in place of the kernel's line: real poll and read, any bytes.</summary>
public sealed class GpioEdgeSourceTests : IDisposable
{
    private static readonly CancellationToken Stopping = TestContext.Current.CancellationToken;

    private readonly AnonymousPipeServerStream _kernel = new(PipeDirection.Out);
    private readonly KernelLine _line;

    public GpioEdgeSourceTests()
    {
        // A descriptor of its own: the line closes it.
        var end = _kernel.ClientSafePipeHandle;
        _line = new KernelLine(new SafeFileHandle(end.DangerousGetHandle(), ownsHandle: true), "VM3 (gpiochip0/3)");
        end.SetHandleAsInvalid();
    }

    public void Dispose()
    {
        _line.Dispose();
        _kernel.Dispose();
    }

    [Fact]
    public void Edges_keep_the_kernels_count_and_time()
    {
        using var source = Open();
        _kernel.Write([.. Edge(1_000, 1), .. Edge(2_000, 2)]);
        _kernel.Write(Edge(9_000, 5));
        Assert.Equal([new TriggerEdge(1, 1_000), new TriggerEdge(2, 2_000), new TriggerEdge(5, 9_000)], [source.Read(Stopping), source.Read(Stopping), source.Read(Stopping)]);
    }

    [Fact]
    public void Debounced_edges_are_timed_at_the_change_and_not_when_it_was_believed()
    {
        using var source = new GpioEdgeSource(_line, LineEdge.Rising, TimeSpan.FromMilliseconds(5), TimeProvider.System);
        _kernel.Write(Edge(20_000_000, 1));
        Assert.Equal(15_000_000, source.Read(Stopping).Timestamp);
    }

    [Fact]
    public async Task A_waiting_reader_hears_its_token()
    {
        using var source = Open();
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() => source.Read(stop.Token), Stopping);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(10), Stopping));
    }

    [Fact]
    public void A_line_that_vanishes_is_told_once_and_precisely()
    {
        using var source = Open();
        _kernel.Dispose();
        var fault = Assert.Throws<CaptureException>(() => source.Read(Stopping));
        Assert.Equal("GPIO line VM3 (gpiochip0/3) is gone: its chip vanished (ENODEV); plug it in again or load its driver, it is opened anew when it is back.", fault.Message);
    }

    [Fact]
    public void Half_an_edge_is_none()
    {
        using var source = Open();
        _kernel.Write([.. Edge(1_000, 1), .. Edge(2_000, 2).AsSpan(0, 20)]);
        Assert.Equal(1, source.Read(Stopping).Number);
        Assert.Contains("gave 20 bytes that are no edge", Assert.Throws<CaptureException>(() => source.Read(Stopping)).Message, StringComparison.Ordinal);
        _kernel.Write(Edge(3_000, 3));
        Assert.Equal(3, source.Read(Stopping).Number);
    }

    [Fact]
    public void Any_bytes_become_edges_or_a_sentence()
    {
        var random = new Random(20261122);
        using var source = Open();
        var (edges, faults, last) = (0, 0, 0L);
        var stopwatch = Stopwatch.StartNew();
        while (edges + faults < 20_000 && stopwatch.Elapsed < TimeSpan.FromSeconds(5))
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            // Else hardly any would be edges: make the kind of most a known one.
            for (var at = 8; at + 4 <= bytes.Length; at += GpioAbi.EventSize)
                if (random.Next(4) > 0) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)random.Next(1, 3));
            _kernel.Write(bytes);
            // One read takes at most 768 bytes, so all of it; each of its events is an edge or a fault, and so is the rest.
            for (var left = bytes.Length; left > 0; left -= GpioAbi.EventSize)
            {
                try
                {
                    var edge = source.Read(Stopping);
                    Assert.True(edge.Number > last);
                    last = edge.Number;
                    edges++;
                }
                catch (CaptureException)
                {
                    faults++;
                }
            }
        }

        Assert.True(edges > 1_000 && faults > 1_000, $"{edges} edges, {faults} faults");
        // Nothing was left over from all that.
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));
        Assert.ThrowsAny<OperationCanceledException>(() => source.Read(soon.Token));
    }

    [Theory]
    [InlineData(new uint[] { 1, 2, 3 }, new long[] { 1, 2, 3 })]
    [InlineData(new uint[] { 3, 7 }, new long[] { 3, 7 })]
    [InlineData(new uint[] { uint.MaxValue, 0, 1 }, new long[] { 4294967295, 4294967296, 4294967297 })]
    [InlineData(new uint[] { 5, 5, 6 }, new long[] { 5, 6, 7 })]
    public void Numbers_grow_over_the_kernels_wrap(uint[] sequence, long[] expected)
    {
        var numbers = new EdgeNumbers(both: false);
        Assert.Equal(expected, sequence.Select(s => numbers.Next(s, GpioAbi.RisingEdge)));
    }

    [Theory]
    [InlineData("taking turns", "r1 f2 r3", new long[] { 1, 2, 3 })]
    [InlineData("a fall merged away", "r1 r2 f3", new long[] { 1, 3, 4 })]
    [InlineData("two dropped from the kernel's buffer", "r1 f4", new long[] { 1, 4 })]
    [InlineData("two dropped, and one merged away", "r1 r4", new long[] { 1, 5 })]
    [InlineData("one dropped", "r1 r3", new long[] { 1, 3 })]
    [InlineData("one dropped, and one merged away", "r1 f3", new long[] { 1, 4 })]
    public void Two_rises_in_a_row_are_a_fall_that_was_lost(string name, string edges, long[] expected)
    {
        var numbers = new EdgeNumbers(both: true);
        Assert.Equal((name, string.Join(' ', expected)), (name, string.Join(' ', edges.Split(' ').Select(e => numbers.Next((uint)(e[1] - '0'), e[0] == 'r' ? GpioAbi.RisingEdge : GpioAbi.FallingEdge)))));
    }

    [Fact]
    public void Kernel_time_lands_on_the_clock_of_the_provider()
    {
        Assert.Equal(123, KernelTime.ToTimestamp(TimeProvider.System, 123));
        var time = new FakeTimeProvider();
        var now = Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);
        var secondAgo = KernelTime.ToTimestamp(time, now - 1_000_000_000);
        Assert.InRange(time.GetElapsedTime(secondAgo), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    private GpioEdgeSource Open() => new(_line, LineEdge.Rising, TimeSpan.Zero, TimeProvider.System);

    private static byte[] Edge(ulong nanoseconds, uint sequence)
    {
        var bytes = new byte[GpioAbi.EventSize];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, nanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), GpioAbi.RisingEdge);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), sequence);
        return bytes;
    }
}
