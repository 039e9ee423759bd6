using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Inference;

namespace EdgeVision.Module.Commands;

/// <summary>One JSON object a line on stdout; objects as in events.</summary>
internal sealed class DetectionLines : DetectionOutput
{
    // The output is a file or a pipe, not HTML: names of files keep their letters.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream _stdout = Console.OpenStandardOutput();

    public override void Write(string picture, Frame frame, DetectionList detections, IReadOnlyList<string> labels)
    {
        using (var json = new Utf8JsonWriter(_stdout, Readable))
        {
            json.WriteStartObject();
            json.WriteString("image"u8, picture);
            json.WriteNumber("width"u8, frame.Width);
            json.WriteNumber("height"u8, frame.Height);
            json.WriteStartArray("objects"u8);
            foreach (ref readonly var detection in detections.Span) VisionEventJson.WriteObject(json, detection, labels, frame.Width, frame.Height, detections.LandmarksOf(detection));
            json.WriteEndArray();
            json.WriteStartObject("timingsMs"u8);
            VisionEventJson.WriteMilliseconds(json, "preprocess"u8, detections.Timings.Preprocess);
            VisionEventJson.WriteMilliseconds(json, "infer"u8, detections.Timings.Infer);
            VisionEventJson.WriteMilliseconds(json, "postprocess"u8, detections.Timings.Postprocess);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        _stdout.WriteByte((byte)'\n');
        _stdout.Flush();
    }
}
