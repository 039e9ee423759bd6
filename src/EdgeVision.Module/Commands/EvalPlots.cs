using EdgeVision.Evaluation;

namespace EdgeVision.Module.Commands;

/// <summary><c>--plots</c>: curves and the worst mistakes as pictures.</summary>
internal static class EvalPlots
{
    /// <exception cref="CommandException">The folder cannot be made.</exception>
    public static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot make the folder '{folder}': {e.Message} Name another with --plots.", e);
        }
    }

    public static void Write(EvalRequest request, EvalRun run, EvaluationResult result, ThresholdProposal proposal, CancellationToken stopping)
    {
    }
}
