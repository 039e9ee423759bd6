using System.Diagnostics;
using EdgeVision.Capture.Gpio;
using EdgeVision.Frames;
using EdgeVision.Outputs;
using EdgeVision.Triggers;
using static EdgeVision.DeviceTests.Gpio.SimulatedLines;

namespace EdgeVision.DeviceTests.Gpio;

/// <summary>Edges of real (simulated) lines, stamped and counted by the kernel.</summary>
public sealed class GpioTriggerTests
{
    private static readonly CancellationToken Stopping = TestContext.Current.CancellationToken;

    [Fact]
    public void Edges_arrive_in_order_with_the_kernels_time()
    {
        Guest.Require();
        Pull(3, high: false);
        using var trigger = Open("VM3", LineEdge.Both);
        var before = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 5; i++) Pulse(3);
        var after = TimeProvider.System.GetTimestamp();

        var edges = Enumerable.Range(0, 10).Select(_ => trigger.Read(Stopping)).ToList();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), edges.Select(e => e.Number));
        Assert.All(edges.Zip(edges.Skip(1)), pair => Assert.True(pair.First.Timestamp < pair.Second.Timestamp));
        Assert.InRange(edges[0].Timestamp, before, after);
        Assert.InRange(edges[^1].Timestamp, before, after);
    }

    [Fact]
    public void By_chip_and_number_by_label_and_by_name_it_is_the_same_line()
    {
        Guest.Require();
        foreach (var name in new[] { "VM3", Address(3), $"/dev/gpiochip{Guest.GpioChip}:3", $"{GpioInventory.Read().Chips.Single(c => c.Lines.Any(l => l.Name == "VM3")).Label}/3" })
        {
            Pull(3, high: false);
            using var trigger = Open(name, LineEdge.Rising);
            Change(3, high: true);
            Assert.Equal(1, trigger.Read(Stopping).Number);
        }
    }

    [Theory]
    [InlineData(LineEdge.Rising, false, 2)]
    [InlineData(LineEdge.Falling, false, 3)]
    [InlineData(LineEdge.Both, false, 5)]
    [InlineData(LineEdge.Rising, true, 3)]
    [InlineData(LineEdge.Falling, true, 2)]
    public void Only_the_edges_asked_for_count_and_active_low_turns_them_round(LineEdge edge, bool activeLow, int expected)
    {
        Guest.Require();
        Pull(2, high: true);
        using (var trigger = Open(Input("VM2") with { ActiveLow = activeLow }, edge))
        {
            // Three falls, two rises, one after the other; those that nobody watches raise no interrupt.
            foreach (var high in new[] { false, true, false, true, false })
            {
                if (edge is LineEdge.Both || (edge is LineEdge.Rising) == (high != activeLow)) Change(2, high);
                else Unwatched(2, high);
            }

            for (var i = 1; i <= expected; i++) Assert.Equal(i, trigger.Read(Stopping).Number);
            AssertSilent(trigger);
        }
    }

    [Fact]
    public void Bounce_is_one_edge_and_its_time_is_that_of_the_change()
    {
        Guest.Require();
        Pull(4, high: false);
        var debounce = TimeSpan.FromMilliseconds(300);
        using var trigger = Open(Input("VM4") with { Debounce = debounce }, LineEdge.Rising);
        for (var i = 0; i < 5; i++) Pulse(4);   // bounces, 20 ms each
        var before = TimeProvider.System.GetTimestamp();
        Change(4, high: true);
        var after = TimeProvider.System.GetTimestamp();

        var edge = trigger.Read(Stopping);
        Assert.Equal(1, edge.Number);
        // Not before the change, and nearer to it than the kernel's own stamp would be: that is a debounce later.
        Assert.True(edge.Timestamp >= before, $"{TimeProvider.System.GetElapsedTime(edge.Timestamp, before)} too early");
        Assert.InRange(TimeProvider.System.GetElapsedTime(after, edge.Timestamp), TimeSpan.FromMilliseconds(-100), debounce / 2);
        AssertSilent(trigger);
    }

    [Fact]
    public void A_thousand_edges_wait_in_the_kernel_until_they_are_read()
    {
        Guest.Require();
        Pull(5, high: false);
        using var trigger = Open("VM5", LineEdge.Both);
        for (var i = 0; i < 500; i++) Pulse(5);
        for (var i = 1; i <= 1000; i++) Assert.Equal(i, trigger.Read(Stopping).Number);
        AssertSilent(trigger);
    }

    [Fact]
    public void Edges_beyond_the_kernels_buffer_are_a_gap_and_not_a_secret()
    {
        Guest.Require();
        Pull(5, high: false);
        using var trigger = GpioEdgeSource.Open(Input("VM5"), LineEdge.Both, TimeProvider.System, buffered: 16);
        for (var i = 0; i < 20; i++) Pulse(5);
        // 40 came, 16 were kept, the oldest are the lost ones.
        Assert.Equal(Enumerable.Range(25, 16).Select(i => (long)i), Enumerable.Range(0, 16).Select(_ => trigger.Read(Stopping).Number));
        AssertSilent(trigger);
        Change(5, high: true);
        Assert.Equal(41, trigger.Read(Stopping).Number);
    }

    [Fact]
    public void A_thousand_edges_quicker_than_the_interrupts_are_merged_and_the_gaps_show_it()
    {
        Guest.Require();
        Pull(5, high: false);
        using var trigger = Open("VM5", LineEdge.Both);
        Change(5, high: true);
        for (var i = 0; i < 500; i++)
        {
            Pull(5, high: false);
            Pull(5, high: true);
        }

        Change(5, high: false);
        var (last, read, lost) = (0L, 0, 0L);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            while (true)
            {
                var number = trigger.Read(stop.Token).Number;
                (lost, read, last) = (lost + number - last - 1, read + 1, number);
            }
        }
        catch (OperationCanceledException)
        {
        }

        // How many merge is the guest's affair; that some did is told as often as a rise follows a rise.
        Assert.InRange(read, 2, 1001);
        Assert.True(lost > 0, $"{read} of 1002 edges read, no gap");
        Assert.Equal(last, read + lost);
        TestContext.Current.SendDiagnosticMessage($"1002 edges: {read} read, {lost} known to be lost.");
    }

    [Fact]
    public async Task A_reader_that_waits_hears_its_token_and_the_line_is_free_again()
    {
        Guest.Require();
        Pull(3, high: false);
        using (var trigger = Open("VM3", LineEdge.Rising))
        {
            using var stop = new CancellationTokenSource();
            var reading = Task.Run(() => trigger.Read(stop.Token), Stopping);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20), Stopping));
        }

        using var again = Open("VM3", LineEdge.Rising);
    }

    [Fact]
    public void A_line_in_use_names_its_holder()
    {
        Guest.Require();
        using var holder = Open("VM3", LineEdge.Rising);
        var refused = Assert.Throws<CaptureException>(() => Open("VM3", LineEdge.Rising));
        Assert.StartsWith($"GPIO line VM3 ({Address(3)}) is in use by 'edgevision'; stop that program", refused.Message, StringComparison.Ordinal);

        var inventory = GpioInventory.Read();
        Assert.Equal(GpioCondition.Busy, GpioProbe.Explain(inventory, Name("VM3")).Condition);
        Assert.Equal(GpioCondition.Free, GpioProbe.Explain(inventory, Name("VM1")).Condition);
    }

    [Fact]
    public void A_line_that_is_not_there_lists_what_is_near()
    {
        Guest.Require();
        Assert.Contains("did you mean VM3", Assert.Throws<CaptureException>(() => Open("VN3", LineEdge.Rising)).Message, StringComparison.Ordinal);
        Assert.Contains("from 0 to 7", Assert.Throws<CaptureException>(() => Open(Address(8), LineEdge.Rising)).Message, StringComparison.Ordinal);
        Assert.Contains("There is no GPIO chip 'gpiochip99'", Assert.Throws<CaptureException>(() => Open("gpiochip99/0", LineEdge.Rising)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kernel_knows_the_wiring_that_was_asked_for()
    {
        Guest.Require();
        using var trigger = Open(Input("VM6") with { ActiveLow = true, Bias = GpioBias.PullUp, Debounce = TimeSpan.FromMicroseconds(2500) }, LineEdge.Rising);
        var line = GpioInventory.Read().Lines.Single(l => l.Name == "VM6");
        Assert.Equal((true, true, GpioBias.PullUp, TimeSpan.FromMicroseconds(2500), "edgevision", false), (line.Used, line.ActiveLow, line.Bias, line.Debounce, line.Consumer, line.IsOutput));
    }

    [Fact]
    public void Two_hundred_openings_leave_no_descriptor()
    {
        Guest.Require();
        Pull(3, high: false);
        Open("VM3", LineEdge.Rising).Dispose();
        var before = Descriptors();
        for (var i = 0; i < 200; i++)
        {
            using var trigger = Open("VM3", LineEdge.Rising);
            Assert.True(Descriptors() > before, "An open line has to be seen.");
            if (i % 2 == 0) Assert.Throws<CaptureException>(() => Open("VM3", LineEdge.Rising));
        }

        Assert.Equal(before, Descriptors());
    }

    private static GpioEdgeSource Open(string line, LineEdge edge) => Open(Input(line), edge);

    private static GpioEdgeSource Open(GpioLineOptions line, LineEdge edge) => GpioEdgeSource.Open(line, edge, TimeProvider.System);

    /// <summary>Half a second without an edge: fifty ticks of the guest.</summary>
    private static void AssertSilent(GpioEdgeSource trigger)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        Assert.ThrowsAny<OperationCanceledException>(() => trigger.Read(stop.Token));
    }

    /// <summary>A change that raises no interrupt.</summary>
    private static void Unwatched(int line, bool high)
    {
        Pull(line, high);
        Assert.Equal(high, IsHigh(line));
    }
}
