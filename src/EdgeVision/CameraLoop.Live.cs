using EdgeVision.Events;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Motion;

namespace EdgeVision;

/// <summary>Settings that change while frames flow: the next frame uses them, and nothing is opened anew.</summary>
public sealed partial class CameraLoop
{
    private CameraOptions _options;
    private DetectionFilter _filter;
    private FrameSampler _sampler;
    private MotionGate? _motion;
    private ModelIdentity _model;

    /// <summary>
    /// Asked before each frame for the camera's settings now, always the same object while they stay as they are. Of another one the filter, the
    /// sampling of events, the motion gate and the rate cap are taken; null for the settings it began with.
    /// </summary>
    public Func<CameraOptions>? Latest { get; init; }

    private void TakeSettings()
    {
        if (Latest?.Invoke() is not { } latest || ReferenceEquals(latest, _options)) return;
        var old = _options;
        _options = latest;
        _filter = FilterOf(latest);
        _rate.MaxFps = latest.MaxFps;
        // What they have seen so far is worth keeping: a mask that moved is no reason to report everything again.
        if (latest.Events != old.Events) _sampler = SamplerOf(latest);
        if (latest.Motion != old.Motion) _motion = MotionOf(latest);
    }

    /// <summary>After an answer that another model gave than the one before: class ids mean something else.</summary>
    private void TakeModel()
    {
        if (ReferenceEquals(_detector.Model, _model)) return;
        _model = _detector.Model;
        (_filter, _sampler) = (FilterOf(_options), SamplerOf(_options));
    }

    private DetectionFilter FilterOf(CameraOptions options) => new(options.Filter, _detector.Model.Labels);

    private FrameSampler SamplerOf(CameraOptions options) => new(options.Events, _detector.Model.Labels.Count, _time);

    private MotionGate? MotionOf(CameraOptions options) => options.Motion.Enabled ? new MotionGate(options.Motion, _time) : null;
}
