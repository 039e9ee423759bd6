namespace EdgeVision.Simulator;

/// <summary>The simulator cannot start; the message is one sentence for the person who starts it.</summary>
public sealed class SimulatorException : Exception
{
    public SimulatorException()
    {
    }

    public SimulatorException(string message)
        : base(message)
    {
    }

    public SimulatorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
