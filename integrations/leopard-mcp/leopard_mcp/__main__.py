"""python -m leopard_mcp"""

from .command import main

if __name__ == "__main__":
    main()
