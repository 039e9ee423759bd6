using EdgeVision.Delivery;
using EdgeVision.Evaluation;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Models;
using EdgeVision.Simulator;

namespace EdgeVision.Module;

/// <summary>Failures whose message already is the sentence a person needs: what happened, what was expected, what to do.</summary>
internal static class Explained
{
    /// <summary>The sentence, or null for everything that was not foreseen.</summary>
    public static string? Says(Exception e) => e is CaptureException or ModelException or OutboxException or PictureException or EvaluationException or CommandException or SimulatorException ? e.Message : null;
}
