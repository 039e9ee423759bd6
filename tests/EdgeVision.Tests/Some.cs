using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Triggers;

namespace EdgeVision.Tests;

/// <summary>Ordinary values for tests that are about something else.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Moment = new(2026, 11, 22, 9, 30, 15, 250, TimeSpan.Zero);

    public static NodeIdentity Node { get; } = new("press-4", "edgevision", "3f2a91c0aa11", static () => true);

    public static ModelIdentity Model { get; } = new("tiny", "1.0", new string('a', 64), ["person", "bicycle", "car"]);

    public static Detection Detection(int classId = 0, float confidence = 0.9f, float left = 10, float top = 20, float width = 30, float height = 40) =>
        new(classId, confidence, new Box(left, top, left + width, top + height));

    public static DetectionList Detections(params ReadOnlySpan<Detection> detections)
    {
        var list = new DetectionList();
        foreach (var detection in detections) list.Add(detection);
        return list;
    }

    public static FrameEvent Frame(string camera = "door", params Detection[] objects) => new()
    {
        Id = new Guid("01997a5e-0000-7000-8000-000000000001"),
        Camera = camera,
        Time = Moment,
        Model = Model,
        FrameSequence = 12,
        Width = 640,
        Height = 480,
        Objects = objects,
        Wait = TimeSpan.FromMilliseconds(1.25),
        Decode = TimeSpan.FromMilliseconds(3),
        Timings = new DetectionTimings(TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(22.5), TimeSpan.FromMilliseconds(0.06)),
    };

    public static TriggerEvent Triggered(string camera = "door", params Detection[] objects) => new()
    {
        Camera = camera,
        Time = Moment,
        Trigger = "eye",
        Line = "gpiochip0/17",
        Edge = 41,
        EdgeTime = Moment - TimeSpan.FromMicroseconds(20123),
        Outcome = TriggerOutcome.Matched,
        Difference = TimeSpan.FromMicroseconds(20123),
        FrameSequence = 12,
        Seen = Frame(camera, objects),
    };

    /// <summary>As docs/events.md shows them.</summary>
    public static IEnumerable<VisionEvent> Explanations(string camera = "door")
    {
        var pulse = new TriggerEvent { Camera = camera, Time = Moment, Trigger = "eye", Line = "gpiochip0/17", Edge = 42, EdgeTime = Moment, Outcome = TriggerOutcome.NoFrame };
        yield return pulse with
        {
            Shot = 2,
            Burst = 3,
            Missing = 2,
            Reason = "No frame within 1000 ms of the shot before, of a camera that gave one every 40 ms: it stalled, or TimeoutMs is too short for it.",
        };
        yield return pulse with { Edge = 47, EdgeTime = null, Outcome = TriggerOutcome.Lost, Missing = 5, Reason = "The kernel's queue of edges ran over before they were read: the line bounces or the node is too busy. Raise DebounceMs, or relieve the node." };
        yield return new TriggerLineEvent { Camera = camera, Time = Moment, Trigger = "eye", Line = "gpiochip0/17", IsLost = true, Reason = "GPIO line gpiochip0/17 is gone: its chip vanished (ENODEV); plug it in again or load its driver, it is opened anew when it is back." };
        yield return new TriggerLineEvent { Camera = camera, Time = Moment, Trigger = "eye", Line = "gpiochip0/17", IsLost = false, Down = TimeSpan.FromMilliseconds(9204.118) };
    }

    /// <summary>As docs/events.md shows them: of a camera and of the node.</summary>
    public static IEnumerable<VisionEvent> News(string camera = "door")
    {
        yield return new CameraEvent { Camera = camera, Time = Moment, State = CameraState.Lost, Reason = "There is no folder '/srv/pictures'; name an existing one.", Attempt = 1, RetryIn = TimeSpan.FromMilliseconds(1042.5) };
        yield return new CameraEvent { Camera = camera, Time = Moment, State = CameraState.Recovered, Attempt = 4, Down = TimeSpan.FromMilliseconds(9204.118) };
        yield return new CameraEvent { Camera = camera, Time = Moment, State = CameraState.Ended };
        yield return new SystemEvent { Time = Moment, Kind = SystemEventKind.Started, Message = "EdgeVision 0.1.0 started with 1 camera: door." };
        yield return OutboxNews.Evicted(new EventLoss(412, 8120, 8540, EventFamily.Frame), Moment);
        yield return OutboxNews.Replaced(new EventLoss(150, 51, 200, null), "outbox.db.corrupt-20261122T120000000Z", Moment);
        yield return new SystemEvent
        {
            Time = Moment,
            Kind = SystemEventKind.ModelUpdate,
            Message = "Model update nanodet-plus-m@1: cameras look with it, and it is watched.",
            Update = new ModelUpdateStep("watching", "nanodet-plus-m@1", "nanodet-plus-m@1"),
        };
    }
}
