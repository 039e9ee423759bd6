using System.Text.Json;
using EdgeVision.Fallback;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Events;

/// <summary>
/// Writes events as CloudEvents 1.0 JSON, structured mode (CloudEvents JSON format 1.0.2, section 3). By hand rather than through a
/// serialiser: the writer is reused and nothing is allocated, and the field order is the one people read. schemas/ is the contract.
/// </summary>
public static partial class VisionEventJson
{
    /// <summary>CloudEvents <c>type</c> of a family.</summary>
    public static string TypeOf(EventFamily family) => family switch
    {
        EventFamily.Frame => "io.edgevision.frame.v1",
        EventFamily.Camera => "io.edgevision.camera.v1",
        EventFamily.Rule => "io.edgevision.rule.v1",
        EventFamily.System => "io.edgevision.system.v1",
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "A new family needs a type."),
    };

    /// <summary>Level of the MQTT topic and part of the schema's name.</summary>
    public static string WordOf(EventFamily family) => family switch
    {
        EventFamily.Frame => "frame",
        EventFamily.Camera => "camera",
        EventFamily.Rule => "rule",
        EventFamily.System => "system",
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "A new family needs a word."),
    };

    /// <summary>Writes one event; <paramref name="cameraSequence"/> 0 means that it belongs to no camera.</summary>
    public static void Write(Utf8JsonWriter json, VisionEvent vision, long sequence, long cameraSequence, NodeIdentity node)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(vision);
        ArgumentNullException.ThrowIfNull(node);
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, vision.Id);
        json.WriteString("source"u8, node.Source);
        json.WriteString("type"u8, TypeOf(vision.Family));
        WriteSubject(json, vision.Camera);
        WriteTime(json, "time"u8, vision.Time);
        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WriteString("dataschema"u8, SchemaOf(vision.Family));
        WriteSequence(json, "sequence"u8, sequence);
        if (cameraSequence > 0) WriteSequence(json, "camerasequence"u8, cameraSequence);
        json.WriteString("severity"u8, WordOf(vision.Severity));
        if (PictureOf(vision) is { } picture) WritePicture(json, picture);
        json.WriteStartObject("data"u8);
        WriteProvenance(json, vision, node);
        switch (vision)
        {
            case FrameEvent frame: WriteFrame(json, frame); break;
            case CameraEvent camera: WriteCamera(json, camera); break;
            case SystemEvent system: WriteSystem(json, system); break;
            case TriggerEvent trigger: WriteTrigger(json, trigger); break;
            case TriggerLineEvent line: WriteTriggerLine(json, line); break;
            default: throw new ArgumentOutOfRangeException(nameof(vision), vision.GetType().Name, "A new event needs a shape here and in schemas/.");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>One object as <c>detect</c> and events print it: box 0..1 of the full frame, left, top, width, height; landmarks likewise, when it has some.</summary>
    public static void WriteObject(
        Utf8JsonWriter json, in Detection detection, IReadOnlyList<string> labels, int width, int height, ReadOnlySpan<Point> landmarks = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(labels);
        json.WriteStartObject();
        json.WriteString("label"u8, labels[detection.ClassId]);
        json.WriteNumber("classId"u8, detection.ClassId);
        FixedDecimal.Write(json, "confidence"u8, Math.Min(detection.Confidence, 1), decimals: 4);
        WriteBox(json, detection.Box.ClipTo(width, height), width, height);
        if (landmarks.Length > 0) WriteLandmarks(json, landmarks, width, height);
        json.WriteEndObject();
    }

    /// <summary>Stage durations in milliseconds, to the microsecond.</summary>
    public static void WriteMilliseconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(json);
        FixedDecimal.Write(json, name, duration.TotalMilliseconds, decimals: 3);
    }

    private static PictureReference? PictureOf(VisionEvent vision) => vision switch
    {
        FrameEvent frame => frame.Picture,
        TriggerEvent trigger => trigger.Seen?.Picture,
        _ => null,
    };

    /// <summary>CloudEvents extension "dataref" (claim check), and what its bytes must hash to.</summary>
    private static void WritePicture(Utf8JsonWriter json, PictureReference picture)
    {
        json.WriteString("dataref"u8, picture.Uri);
        json.WriteString("datasha256"u8, picture.Sha256);
    }

    private static void WriteProvenance(Utf8JsonWriter json, VisionEvent vision, NodeIdentity node)
    {
        json.WriteString("node"u8, node.DeviceId);
        if (vision.Camera is not null) json.WriteString("camera"u8, vision.Camera);
        json.WriteString("configVersion"u8, node.ConfigVersion);
        json.WriteString("clock"u8, node.ClockSynchronised() ? "synchronised"u8 : "unsynchronised"u8);
        var verdict = (vision as FrameEvent)?.Verdict;
        json.WriteString("origin"u8, verdict is null ? "edge"u8 : "cloud"u8);
        if (verdict is not null) json.WriteString("refines"u8, verdict.Refines);
    }

    private static void WriteFrame(Utf8JsonWriter json, FrameEvent frame)
    {
        WriteModel(json, frame.Model);
        json.WriteNumber("frame"u8, frame.FrameSequence);
        json.WriteNumber("width"u8, frame.Width);
        json.WriteNumber("height"u8, frame.Height);
        json.WriteStartArray("objects"u8);
        for (var i = 0; i < frame.Objects.Count; i++)
        {
            var detection = frame.Objects[i];
            WriteObject(json, detection, frame.Model.Labels, frame.Width, frame.Height, frame.LandmarksOf(detection));
        }

        json.WriteEndArray();
        if (frame.Verdict is { } verdict) WriteVerdict(json, verdict);
        json.WriteStartObject("timingsMs"u8);
        WriteMilliseconds(json, "wait"u8, frame.Wait);
        WriteMilliseconds(json, "decode"u8, frame.Decode);
        WriteMilliseconds(json, "preprocess"u8, frame.Timings.Preprocess);
        WriteMilliseconds(json, "infer"u8, frame.Timings.Infer);
        WriteMilliseconds(json, "postprocess"u8, frame.Timings.Postprocess);
        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteStartObject("verdict"u8);
        json.WriteString("outcome"u8, WordOf(verdict.Outcome));
        if (verdict.EdgeConfidence is { } edge) FixedDecimal.Write(json, "edgeConfidence"u8, Math.Min(edge, 1), decimals: 4);
        if (verdict.CloudConfidence is { } cloud) FixedDecimal.Write(json, "cloudConfidence"u8, Math.Min(cloud, 1), decimals: 4);
        json.WriteEndObject();
    }

    /// <summary>As events and metrics have it.</summary>
    public static string WordOf(VerdictOutcome outcome) => outcome switch
    {
        VerdictOutcome.Confirmed => "confirmed",
        VerdictOutcome.Corrected => "corrected",
        VerdictOutcome.Rejected => "rejected",
        VerdictOutcome.FoundMore => "foundMore",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>The property <c>model</c>, as events and reports have it.</summary>
    public static void WriteModel(Utf8JsonWriter json, ModelIdentity model)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(model);
        json.WriteStartObject("model"u8);
        json.WriteString("name"u8, model.Name);
        json.WriteString("version"u8, model.Version);
        // The protocol by which the cloud is asked does not tell it.
        if (model.Sha256.Length > 0) json.WriteString("sha256"u8, model.Sha256);
        json.WriteEndObject();
    }

    private static void WriteCamera(Utf8JsonWriter json, CameraEvent camera)
    {
        json.WriteString("state"u8, camera.State switch
        {
            CameraState.Lost => "lost"u8,
            CameraState.Recovered => "recovered"u8,
            CameraState.Ended => "ended"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(camera), camera.State, "A new state needs a word."),
        });
        if (camera.Reason is not null) json.WriteString("reason"u8, camera.Reason);
        if (camera.Attempt is { } attempt) json.WriteNumber("attempt"u8, attempt);
        if (camera.RetryIn is { } retryIn) WriteMilliseconds(json, "retryInMs"u8, retryIn);
        if (camera.Down is { } down) WriteMilliseconds(json, "downMs"u8, down);
    }

    private static void WriteSystem(Utf8JsonWriter json, SystemEvent system)
    {
        json.WriteString("kind"u8, system.Kind switch
        {
            SystemEventKind.Started => "started"u8,
            SystemEventKind.Stopped => "stopped"u8,
            SystemEventKind.ConfigurationAccepted => "configurationAccepted"u8,
            SystemEventKind.ConfigurationRejected => "configurationRejected"u8,
            SystemEventKind.EventsEvicted => "eventsEvicted"u8,
            SystemEventKind.OutboxReplaced => "outboxReplaced"u8,
            SystemEventKind.ModelUpdate => "modelUpdate"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(system), system.Kind, "A new kind needs a word."),
        });
        json.WriteString("message"u8, system.Message);
        if (system.Update is { } update) WriteUpdate(json, update);
        if (system.Loss is not { } loss) return;
        json.WriteNumber("count"u8, loss.Count);
        if (loss.Family is { } family) json.WriteString("family"u8, WordOf(family));
        if (loss.From == 0) return;
        WriteSequence(json, "from"u8, loss.From);
        WriteSequence(json, "to"u8, loss.To);
    }

    private static void WriteUpdate(Utf8JsonWriter json, ModelUpdateStep update)
    {
        json.WriteString("phase"u8, update.Phase);
        if (update.Target is { } target) json.WriteString("target"u8, target);
        if (update.Model is { } model) json.WriteString("candidate"u8, model);
    }

    private static void WriteBox(Utf8JsonWriter json, in Box box, int width, int height)
    {
        json.WriteStartObject("box"u8);
        WriteShare(json, "left"u8, box.Left, width);
        WriteShare(json, "top"u8, box.Top, height);
        WriteShare(json, "width"u8, box.Width, width);
        WriteShare(json, "height"u8, box.Height, height);
        json.WriteEndObject();
    }

    /// <summary>In the model's order. A point beside the frame is moved to its edge: FixedDecimal knows no negative numbers, and readers may rely on 0..1.</summary>
    private static void WriteLandmarks(Utf8JsonWriter json, ReadOnlySpan<Point> landmarks, int width, int height)
    {
        json.WriteStartArray("landmarks"u8);
        foreach (var point in landmarks)
        {
            json.WriteStartObject();
            WriteShare(json, "x"u8, point.X, width);
            WriteShare(json, "y"u8, point.Y, height);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Five digits are a twelfth of a pixel at 8K.</summary>
    private static void WriteShare(Utf8JsonWriter json, ReadOnlySpan<byte> name, float pixels, int size) =>
        FixedDecimal.Write(json, name, Math.Min((double)pixels / size, 1), decimals: 5);

    private static void WriteSubject(Utf8JsonWriter json, string? camera)
    {
        if (camera is null)
        {
            json.WriteString("subject"u8, "node"u8);
            return;
        }

        Span<char> subject = stackalloc char["cameras/".Length + EntityName.MaxLength];
        subject.TryWrite($"cameras/{camera}", out var length);
        json.WriteString("subject"u8, subject[..length]);
    }

    /// <summary>Text of 20 digits, so that it sorts as text.</summary>
    private static void WriteSequence(Utf8JsonWriter json, ReadOnlySpan<byte> name, long sequence)
    {
        Span<char> digits = stackalloc char[20];
        sequence.TryFormat(digits, out _, "D20", provider: null);
        json.WriteString(name, digits);
    }

    /// <summary>RFC 3339, UTC, milliseconds.</summary>
    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<char> text = stackalloc char[24];
        time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", provider: null);
        json.WriteString(name, text[..length]);
    }

    private static string SchemaOf(EventFamily family) => family switch
    {
        EventFamily.Frame => "urn:edgevision:schema:event:v1#/$defs/frame",
        EventFamily.Camera => "urn:edgevision:schema:event:v1#/$defs/camera",
        EventFamily.Rule => "urn:edgevision:schema:event:v1#/$defs/rule",
        EventFamily.System => "urn:edgevision:schema:event:v1#/$defs/system",
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "A new family needs a schema."),
    };

    private static ReadOnlySpan<byte> WordOf(Severity severity) => severity switch
    {
        Severity.Info => "info"u8,
        Severity.Warning => "warning"u8,
        _ => "error"u8,
    };
}
