using EdgeVision.Module.Display;

namespace EdgeVision.Module.Remote;

/// <summary>Frames a second of each camera over the last seconds, measured whether anybody asks or not: an average since the start says nothing of now.</summary>
internal sealed class FrameRates : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RateMeter> _meters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _rates = new(StringComparer.Ordinal);
    private readonly Telemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public FrameRates(Telemetry telemetry, TimeProvider time)
    {
        (_telemetry, _time) = (telemetry, time);
        _timer = time.CreateTimer(static rates => ((FrameRates)rates!).Look(), this, Every, Every);
    }

    /// <summary>Frames that went through the detector, a second; null until there were two looks.</summary>
    public double? Of(string camera)
    {
        lock (_gate) return _rates.TryGetValue(camera, out var rate) ? rate : null;
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            var cameras = _telemetry.Cameras.ToList();
            foreach (var gone in _meters.Keys.Except(cameras.Select(c => c.Camera)).ToList())
            {
                _meters.Remove(gone);
                _rates.Remove(gone);
            }

            foreach (var camera in cameras)
            {
                if (!_meters.TryGetValue(camera.Camera, out var meter)) _meters[camera.Camera] = meter = new RateMeter(_time);
                if (meter.Look(camera.Inferred) is { } rate) _rates[camera.Camera] = rate;
            }
        }
    }
}
