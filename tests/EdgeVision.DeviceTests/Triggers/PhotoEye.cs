using System.Threading.Channels;
using EdgeVision.Capture.Gpio;
using EdgeVision.Events;
using EdgeVision.Outputs;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.DeviceTests.Triggers;

/// <summary>A line of the simulated chip, from both sides: the world outside pulses it, and a trigger reads it until this is disposed.</summary>
internal sealed class PhotoEye : IAsyncDisposable
{
    private readonly string _pull;
    private readonly GpioLineOptions _line;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously), _runs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<VisionEvent> _told = Channel.CreateUnbounded<VisionEvent>();
    private readonly SemaphoreSlim _taken = new(0);
    private Task _reading = Task.CompletedTask;

    public PhotoEye(int offset, bool starts = true)
    {
        _line = new GpioLineOptions { Line = GpioLineName.TryParse($"gpiochip{Guest.GpioChip}/{offset}", out var line, out var wrong) ? line : throw new ArgumentException(wrong) };
        _pull = Path.Combine(Guest.GpioSysfs, $"sim_gpio{offset}", "pull");
        Set(false);
        var setting = new TriggerSetting("camera", "eye", line.ToString(), new TriggerRule(TriggerMatching.Next, TimeSpan.Zero, Burst: 1, TimeSpan.FromSeconds(10)), ExposureOffset: null, Queue: 8);
        Trigger = new CameraTrigger(setting, Open, strobe: null, TakeAsync, new TriggerTelemetry(), TimeProvider.System, NullLogger.Instance);
        if (starts) Start();
    }

    public CameraTrigger Trigger { get; }

    /// <summary>What it told, without what came with frames.</summary>
    public ChannelReader<VisionEvent> Told => _told.Reader;

    public void Start() => _reading = Trigger.ReadAsync(_stop.Token);

    /// <summary>The camera has given its first frame.</summary>
    public void CameraRuns() => _runs.TrySetResult();

    /// <summary>Before, a pulse would be seen by nobody.</summary>
    public async Task ReadyAsync(TimeSpan patience) => await Task.WhenAll(_opened.Task, _runs.Task).WaitAsync(patience);

    public void Pulse()
    {
        Set(true);
        Set(false);
    }

    /// <summary>Until one more pulse has been read.</summary>
    public async Task TakenAsync(TimeSpan patience) => Assert.True(await _taken.WaitAsync(patience), "Nobody read the pulse.");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        await Trigger.DisposeAsync();
        _stop.Dispose();
        _taken.Dispose();
    }

    private ToldLine Open()
    {
        var opened = new GpioLines(NullLogger.Instance).OpenTrigger(_line, LineEdge.Rising, TimeProvider.System);
        _opened.TrySetResult();
        return new ToldLine(opened, _taken);
    }

    private Task TakeAsync(IReadOnlyList<VisionEvent> events)
    {
        foreach (var happened in events) _told.Writer.TryWrite(happened);
        return Task.CompletedTask;
    }

    private void Set(bool high) => File.WriteAllText(_pull, high ? "pull-up" : "pull-down");

    private sealed class ToldLine(ITriggerSource line, SemaphoreSlim taken) : ITriggerSource
    {
        public TriggerEdge Read(CancellationToken stopping)
        {
            var edge = line.Read(stopping);
            taken.Release();
            return edge;
        }

        public void Dispose() => line.Dispose();
    }
}
