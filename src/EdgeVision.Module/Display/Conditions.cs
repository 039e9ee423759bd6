using System.Globalization;
using EdgeVision.Azure.Hub;

namespace EdgeVision.Module.Display;

/// <summary>What a camera or the hub's link does now, in a few words: <c>lost, retry in 3 s</c>.</summary>
internal static class Conditions
{
    public static string Describe(CameraTelemetry camera, TimeProvider time) => camera.Condition switch
    {
        CameraCondition.Opens => "opens",
        CameraCondition.Runs => camera.IsPaused ? "paused" : camera.IsGateClosed ? "gate closed" : "runs",
        CameraCondition.Ended => "ended",
        _ => camera.RetryIn(time) is { TotalSeconds: > 0 } wait ? string.Create(CultureInfo.InvariantCulture, $"lost, retry in {Math.Ceiling(wait.TotalSeconds)} s") : "lost, opens again",
    };

    public static string Colour(CameraTelemetry camera) => camera.Condition switch
    {
        CameraCondition.Runs => camera.IsPaused || camera.IsGateClosed ? "grey" : "green",
        CameraCondition.Lost => "red",
        _ => "grey",
    };

    public static string Describe(HubLinkStatus link, TimeProvider time) => link.State switch
    {
        HubLinkState.Connected => "connected",
        HubLinkState.Waiting when link.NextAttempt - time.GetUtcNow() is { TotalSeconds: > 0 } wait => string.Create(CultureInfo.InvariantCulture, $"away, retry in {Math.Ceiling(wait.TotalSeconds)} s"),
        HubLinkState.Waiting => "away",
        _ => "connects",
    };

    public static string Colour(HubLinkStatus link) => link.State switch
    {
        HubLinkState.Connected => "green",
        HubLinkState.Waiting => "red",
        _ => "grey",
    };
}
