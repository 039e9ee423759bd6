using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeVision.Events;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Module.Remote;
using EdgeVision.Mqtt;

namespace EdgeVision.Module.Local;

/// <summary>
/// What each camera does now, for whoever comes late: the retained <c>{camera}/state</c>. What changes by itself all the time, rate and durations, is looked at
/// every ten seconds, so that a state is told when something has happened and not because a second has passed. One caller at a time.
/// </summary>
internal sealed class CameraStates(Telemetry telemetry, Func<IReadOnlyList<string>> cameras, Func<string, CameraRequests?> requests, Func<ModelIdentity> model, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FiguresEvery = TimeSpan.FromSeconds(10);

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FrameRates _rates = new(telemetry, time);
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly Detection[] _last = new Detection[CameraTelemetry.MaxLast];

    /// <summary>By topic.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Messages(EventTopics topics)
    {
        var names = cameras();
        foreach (var gone in _seen.Keys.Except(names).ToList()) _seen.Remove(gone);
        return names.ToDictionary(topics.StateOf, name => Write(telemetry.Camera(name), StatusCommand.StateOf(telemetry.Camera(name), requests(name))), StringComparer.Ordinal);
    }

    public void Dispose() => _rates.Dispose();

    private ReadOnlyMemory<byte> Write(CameraTelemetry camera, string state)
    {
        if (state == "running" && camera.IsGateClosed) state = "gated";
        if (!_seen.TryGetValue(camera.Camera, out var seen) || seen.State != state) seen = new Seen(state, time.GetUtcNow(), null, Figures.None);
        if (seen.Figured is not { } at || time.GetElapsedTime(at) >= FiguresEvery) seen = seen with { Figured = time.GetTimestamp(), Figures = Look(camera, state) };
        _seen[camera.Camera] = seen;
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json, Readable)) Write(json, camera, seen);
        return _json.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter json, CameraTelemetry camera, Seen seen)
    {
        json.WriteStartObject();
        json.WriteString("camera", camera.Camera);
        json.WriteString("state", seen.State);
        json.WriteBoolean("healthy", seen.State is not ("lost" or "starting"));
        json.WriteString("since", Times.Of(seen.Since));
        if (seen.State == "lost") json.WriteString("reason", LogMask.Apply(camera.LostReason ?? ""));
        else json.WriteNull("reason");
        WriteCounts(json, camera, seen.State);
        WriteFigure(json, "fps", seen.Figures.Fps);
        WriteFigure(json, "inferMs", seen.Figures.InferMs);
        WriteFigure(json, "latencyMs", seen.Figures.LatencyMs);
        VisionEventJson.WriteModel(json, model());
        json.WriteEndObject();
    }

    /// <summary>Of the newest frame that was looked at; of a camera that does not look, nothing is known.</summary>
    private void WriteCounts(Utf8JsonWriter json, CameraTelemetry camera, string state)
    {
        json.WriteStartObject("counts");
        var labels = model().Labels;
        var last = _last.AsSpan(0, state == "running" ? camera.CopyLast(_last) : 0).ToArray();
        foreach (var objects in last.Where(d => d.ClassId < labels.Count).GroupBy(d => labels[d.ClassId]).OrderBy(g => g.Key, StringComparer.Ordinal)) json.WriteNumber(objects.Key, objects.Count());
        json.WriteEndObject();
    }

    private Figures Look(CameraTelemetry camera, string state) => state != "running" ? Figures.None : new Figures(
        _rates.Of(camera.Camera) is { } rate ? Math.Round(rate, 1) : null,
        Rounded(camera.Infer.Quantile(0.5)),
        Rounded(camera.Wait.Quantile(0.5) + camera.Preprocess.Quantile(0.5) + camera.Infer.Quantile(0.5) + camera.Postprocess.Quantile(0.5)));

    private static double? Rounded(TimeSpan? duration) => duration is { } known ? Math.Round(known.TotalMilliseconds, 1) : null;

    private static void WriteFigure(Utf8JsonWriter json, string name, double? figure)
    {
        if (figure is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private sealed record Seen(string State, DateTimeOffset Since, long? Figured, Figures Figures);

    /// <param name="Fps">Frames that went through the detector, a second.</param>
    /// <param name="InferMs">Half of the model's runs are quicker.</param>
    /// <param name="LatencyMs">The medians of waiting, preprocessing, model and postprocessing, together.</param>
    private sealed record Figures(double? Fps, double? InferMs, double? LatencyMs)
    {
        public static Figures None { get; } = new(null, null, null);
    }
}
