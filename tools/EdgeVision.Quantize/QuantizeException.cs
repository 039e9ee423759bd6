namespace EdgeVision.Quantize;

/// <summary>The recipe cannot go on; the message is one sentence for a person.</summary>
public sealed class QuantizeException : Exception
{
    public QuantizeException()
    {
    }

    public QuantizeException(string message) : base(message)
    {
    }

    public QuantizeException(string message, Exception inner) : base(message, inner)
    {
    }
}
