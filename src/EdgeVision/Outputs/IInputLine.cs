namespace EdgeVision.Outputs;

/// <summary>One line that is read: a door contact, "machine runs".</summary>
public interface IInputLine : IDisposable
{
    /// <summary>Logical, not electrical: an active-low line is active when low.</summary>
    /// <exception cref="Frames.CaptureException">The line failed; one sentence that ends in what to do.</exception>
    bool Read();
}
