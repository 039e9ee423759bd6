using System.Buffers;
using System.Text.Json;
using EdgeVision.Events;

namespace EdgeVision.Tests.Events.Presets;

/// <summary>Events as they lie in the outbox.</summary>
internal static class PresetEvents
{
    private static readonly Guid Id = new("01997a5e-0000-7000-8000-000000000001");

    public static byte[] Frame { get; } = Body(Some.Frame("door", Some.Detection(0, 0.91234f, 64, 48, 128, 96), Some.Detection(2, 0.5f, 320, 120, 160, 240)), 7, 3);

    public static byte[] EmptyFrame { get; } = Body(Some.Frame("door"), 10, 6);

    public static byte[] Rule { get; } = Body(Some.Triggered("door", Some.Detection(0, 0.91234f, 64, 48, 128, 96)) with { Id = Id }, 8, 4);

    public static byte[] Camera { get; } = Body(
        new CameraEvent { Id = Id, Camera = "door", Time = Some.Moment, State = CameraState.Lost, Reason = "No such file. Name another.", Attempt = 2, RetryIn = TimeSpan.FromSeconds(1.5) }, 9, 5);

    public static byte[] System { get; } = Body(new SystemEvent { Id = Id, Time = Some.Moment, Kind = SystemEventKind.Started, Message = "Up." }, 1, 0);

    /// <summary>One of each kind that is written today.</summary>
    public static IEnumerable<byte[]> All { get; } =
        [Frame, EmptyFrame, Rule, Camera, System, .. Some.Explanations("door").Select((e, i) => Body(e, i + 20, i + 20))];

    public static byte[] Body(VisionEvent happened, long sequence, long cameraSequence)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) VisionEventJson.Write(json, happened, sequence, cameraSequence, Some.Node);
        return bytes.WrittenSpan.ToArray();
    }
}
