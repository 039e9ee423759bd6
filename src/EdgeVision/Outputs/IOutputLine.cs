namespace EdgeVision.Outputs;

/// <summary>One line that switches something: a lamp, a gate, a strobe. Disposal leaves it in its safe state.</summary>
public interface IOutputLine : IDisposable
{
    /// <summary>Switches it; logical, not electrical: an active-low line is low when active.</summary>
    /// <exception cref="Frames.CaptureException">The line failed; one sentence that ends in what to do.</exception>
    void Write(bool active);
}
